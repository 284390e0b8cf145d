//! The service manager's methods: one connection each, up to the end of the job that they start.

use trunc_plan::host_ops::{BusSocket, UnitProperty};
use zbus::wire::DynamicType;
use zbus::{ObjectPath, Variant};

use super::bus::{Answer, Bus};
use super::message::{Call, Message};
use super::properties::property;
use crate::error::{Error, Result};
use crate::io::Deadline;

const DESTINATION: &str = "org.freedesktop.systemd1";
const PATH: &str = "/org/freedesktop/systemd1";
const MANAGER: &str = "org.freedesktop.systemd1.Manager";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

const UNIT_EXISTS: &str = "org.freedesktop.systemd1.UnitExists";
const NO_SUCH_UNIT: &str = "org.freedesktop.systemd1.NoSuchUnit";

/// What does not fit into a job of systemd: the mode that everybody takes.
const MODE: &str = "replace";

/// What is known of a service manager.
pub struct Facts {
    /// As it tells: `252.39-1~deb12u2`.
    pub version: String,
    /// Its own cgroup, beneath which its units are; empty for the root.
    pub control_group: String,
    /// User id of whoever runs it, as the bus sees it; 0 on a connection without a bus.
    pub owner: u32,
}

struct Manager {
    bus: Bus,
}

/// What a method says: the answer, or the name and the words of a refusal.
type Said = std::result::Result<Message, (String, String)>;

/// Asks a service manager what it is.
///
/// # Errors
/// When it can't be reached or does not answer.
pub fn facts(sockets: &[BusSocket], timeout_ms: u32) -> Result<Facts> {
    let mut manager = Manager::connect(sockets, timeout_ms)?;
    let owner = if manager.bus.is_direct {
        0
    } else {
        manager
            .bus
            .call_bus("GetConnectionUnixUser", "s", Some(DESTINATION))?
            .body::<u32>()?
    };
    Ok(Facts {
        version: manager.property("Version")?,
        control_group: manager.property("ControlGroup")?,
        owner,
    })
}

/// Starts a transient unit with this process in it, and waits until it is there.
///
/// # Errors
/// What systemd says, of the call or of its job.
pub fn start_unit(
    sockets: &[BusSocket],
    unit: &str,
    properties: &[UnitProperty],
    pid: u32,
    timeout_ms: u32,
) -> Result<()> {
    let mut manager = Manager::connect(sockets, timeout_ms)?;
    manager.hear_of_jobs()?;
    let mut all: Vec<_> = properties.iter().map(property).collect();
    all.push(("PIDs", Variant::new(vec![pid])));
    // no auxiliary units
    let auxiliary: Vec<(&str, Vec<(&str, Variant<'_>)>)> = Vec::new();
    let body = (unit, MODE, all, auxiliary);
    let mut said = manager.call("StartTransientUnit", "ssa(sv)a(sa(sv))", &body)?;
    if said.as_ref().is_err_and(|(name, _)| name == UNIT_EXISTS) {
        // It may be one that failed, and is kept for whoever wants to look at it.
        manager.reset(unit)?;
        said = manager.call("StartTransientUnit", "ssa(sv)a(sa(sv))", &body)?;
    }
    let reply = said.map_err(|refusal| refused("StartTransientUnit", unit, refusal))?;
    let result = match manager.end_of(&reply.body::<ObjectPath<'_>>()?) {
        Ok(result) => result,
        Err(error) => {
            // It may come yet, when nobody waits for it any more.
            let _stays = stop_unit(sockets, unit, timeout_ms);
            return Err(error);
        }
    };
    if result == "done" {
        return Ok(());
    }
    manager.reset(unit)?;
    Err(Error {
        call: "StartTransientUnit".into(),
        ..Error::text(format!(
            "systemd's job for unit {unit} ended with: {result}"
        ))
    })
}

/// Stops a unit, waits until it is gone, and forgets that it failed, if it did; one that is not there is gone already.
///
/// # Errors
/// What systemd says.
pub fn stop_unit(sockets: &[BusSocket], unit: &str, timeout_ms: u32) -> Result<()> {
    let mut manager = Manager::connect(sockets, timeout_ms)?;
    manager.hear_of_jobs()?;
    match manager.call("StopUnit", "ss", &(unit, MODE))? {
        // However it ended: whether the cgroup is gone is what its removal tells.
        Ok(reply) => drop(manager.end_of(&reply.body::<ObjectPath<'_>>()?)?),
        Err((name, _)) if name == NO_SUCH_UNIT => {}
        Err(refusal) => return Err(refused("StopUnit", unit, refusal)),
    }
    manager.reset(unit)
}

/// Changes properties until the unit ends.
///
/// # Errors
/// What systemd says.
pub fn set_unit_properties(
    sockets: &[BusSocket],
    unit: &str,
    properties: &[UnitProperty],
    timeout_ms: u32,
) -> Result<()> {
    let mut manager = Manager::connect(sockets, timeout_ms)?;
    let properties: Vec<_> = properties.iter().map(property).collect();
    let is_runtime = true;
    manager
        .call(
            "SetUnitProperties",
            "sba(sv)",
            &(unit, is_runtime, properties),
        )?
        .map(drop)
        .map_err(|refusal| refused("SetUnitProperties", unit, refusal))
}

/// Moves a process into a unit's cgroup, or one beneath it.
///
/// # Errors
/// What systemd says.
pub fn attach_to_unit(
    sockets: &[BusSocket],
    unit: &str,
    path: &str,
    pid: u32,
    timeout_ms: u32,
) -> Result<()> {
    let mut manager = Manager::connect(sockets, timeout_ms)?;
    manager
        .call("AttachProcessesToUnit", "ssau", &(unit, path, vec![pid]))?
        .map(drop)
        .map_err(|refusal| refused("AttachProcessesToUnit", unit, refusal))
}

fn refused(call: &'static str, unit: &str, (name, words): (String, String)) -> Error {
    let kind = name.rsplit('.').next().unwrap_or_default();
    Error {
        call: call.into(),
        ..Error::text(format!("systemd says of unit {unit}: {words} ({kind})"))
    }
}

impl Manager {
    fn connect(sockets: &[BusSocket], timeout_ms: u32) -> Result<Self> {
        let bus = Bus::connect(sockets, Deadline::after(timeout_ms))?;
        Ok(Self { bus })
    }

    /// systemd itself tells everybody who is connected to it; over a bus one has to ask both.
    fn hear_of_jobs(&mut self) -> Result<()> {
        if self.bus.is_direct {
            return Ok(());
        }
        let rule = format!(
            "type='signal',sender='{DESTINATION}',path='{PATH}',interface='{MANAGER}',member='JobRemoved'"
        );
        self.bus.call_bus("AddMatch", "s", Some(rule.as_str()))?;
        self.call_on::<()>(MANAGER, "Subscribe", "", None)?
            .map(drop)
            .map_err(|(name, words)| Error {
                call: "Subscribe".into(),
                ..Error::text(format!("systemd says: {words} ({name})"))
            })
    }

    /// Waits for the end of a job; its result.
    fn end_of(&mut self, job: &ObjectPath<'_>) -> Result<String> {
        loop {
            let signal = self.bus.signal()?;
            if signal.name != "JobRemoved" {
                continue;
            }
            let (_, ended, _, result) = signal.body::<(u32, ObjectPath<'_>, &str, &str)>()?;
            if ended == *job {
                return Ok(result.to_owned());
            }
        }
    }

    /// A unit that did not fail can't be reset, which is what is wanted.
    fn reset(&mut self, unit: &str) -> Result<()> {
        self.call_on(MANAGER, "ResetFailedUnit", "s", Some(unit))
            .map(drop)
    }

    fn property(&mut self, name: &str) -> Result<String> {
        let said = self.call_on(PROPERTIES, "Get", "ss", Some(&(MANAGER, name)))?;
        let reply = said.map_err(|(error, words)| Error {
            call: "Get".into(),
            ..Error::text(format!("systemd says of {name}: {words} ({error})"))
        })?;
        match reply.body::<Variant<'_>>()? {
            Variant::Str(text) => Ok(text.as_str().to_owned()),
            _ => Err(Error::text(format!("systemd's {name} is no text"))),
        }
    }

    fn call<Body>(&mut self, method: &str, signature: &str, body: &Body) -> Result<Said>
    where
        Body: serde::Serialize + DynamicType + ?Sized,
    {
        self.call_on(MANAGER, method, signature, Some(body))
    }

    fn call_on<Body>(
        &mut self,
        interface: &str,
        method: &str,
        signature: &str,
        body: Option<&Body>,
    ) -> Result<Said>
    where
        Body: serde::Serialize + DynamicType + ?Sized,
    {
        let destination = if self.bus.is_direct { "" } else { DESTINATION };
        let call = Call {
            destination,
            path: PATH,
            interface,
            method,
            signature,
        };
        Ok(match self.bus.call(&call, body)? {
            Answer::Reply(message) => Ok(message),
            Answer::Refusal(name, words) => Err((name, words)),
        })
    }
}
