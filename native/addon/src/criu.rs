//! CRIU's requests and answers as values.

use crate::failure::OrThrow;
use napi::{Env, Result};
use napi_derive::napi;
use trunc_core::criu as core;
use trunc_core::criu::rpc::{self, Kind};
use trunc_core::{Error, descriptors};
use trunc_plan::values::{I32, U32};

/// A pair of texts that CRIU takes.
#[napi(object, object_to_js = false)]
pub struct CriuPair {
    pub key: String,
    pub value: String,
}

/// A descriptor of CRIU's that takes the place of one in the images.
#[napi(object, object_to_js = false)]
pub struct CriuInheritFd {
    pub key: String,
    pub fd: I32,
}

/// Where pages are sent to.
#[napi(object, object_to_js = false)]
pub struct CriuPageServer {
    pub address: String,
    pub port: U32,
}

/// What to dump or restore, and how: `criu_opts` of CRIU's protocol. What is absent is left to CRIU.
#[napi(object, object_to_js = false)]
pub struct CriuOptions {
    pub pid: Option<U32>,
    pub leave_running: Option<bool>,
    pub ext_unix_sk: Option<bool>,
    pub tcp_established: Option<bool>,
    pub tcp_skip_in_flight: Option<bool>,
    pub evasive_devices: Option<bool>,
    pub shell_job: Option<bool>,
    pub file_locks: Option<bool>,
    pub link_remap: Option<bool>,
    pub auto_dedup: Option<bool>,
    pub lazy_pages: Option<bool>,
    pub track_mem: Option<bool>,
    pub notify_scripts: Option<bool>,
    pub orphan_pts_master: Option<bool>,
    pub rst_sibling: Option<bool>,
    pub log_level: Option<U32>,
    pub log_file: Option<String>,
    pub root: Option<String>,
    pub parent_img: Option<String>,
    pub config_file: Option<String>,
    pub freeze_cgroup: Option<String>,
    pub lsm_profile: Option<String>,
    pub lsm_mount_context: Option<String>,
    /// `criu_cg_mode`
    pub manage_cgroups_mode: Option<U32>,
    /// `CLONE_NEW*` bits.
    pub empty_ns: Option<U32>,
    pub page_server: Option<CriuPageServer>,
    /// At dump: place and name; at restore: name and source.
    pub ext_mnt: Vec<CriuPair>,
    /// Controller and path.
    pub cg_root: Vec<CriuPair>,
    /// Kind of namespace and path.
    pub join_ns: Vec<CriuPair>,
    pub external: Vec<String>,
    pub inherit_fd: Vec<CriuInheritFd>,
}

/// What CRIU says.
#[napi(object, object_from_js = false)]
pub struct CriuEvent {
    #[napi(ts_type = "'notify' | 'done'")]
    pub kind: String,
    /// CRIU's name of the point at which it waits for `proceed`.
    pub script: String,
    /// Of the first process of the tree, where it has a part, else 0.
    pub pid: u32,
    /// What came along, to be closed by `closeFd`; else -1.
    pub fd: i32,
    /// 10000 * major + 100 * minor + sublevel, where it was asked for, else 0.
    pub version: u32,
    /// Which of the features that were asked for are there.
    pub mem_track: bool,
    pub lazy_pages: bool,
}

/// A conversation with a `criu swrk`.
#[napi]
pub struct Criu(Option<core::Conversation>);

#[napi]
impl Criu {
    /// Makes both ends of the connection.
    #[napi(constructor)]
    pub fn new(env: Env) -> Result<Self> {
        core::Conversation::new()
            .or_throw(&env)
            .map(|made| Self(Some(made)))
    }

    fn open(&mut self) -> trunc_core::Result<&mut core::Conversation> {
        self.0
            .as_mut()
            .ok_or_else(|| Error::text("the conversation is closed"))
    }

    /// CRIU's end, to be closed by `closeFd` once CRIU has it: until then its death goes unseen.
    #[napi]
    pub fn take_end(&mut self, env: Env) -> Result<i32> {
        let end = self.open().and_then(|open| {
            open.take_theirs()
                .ok_or_else(|| Error::text("CRIU's end was taken already"))
        });
        end.map(descriptors::hand_out).or_throw(&env)
    }

    /// Asks for CRIU's version; a further request may follow.
    #[napi]
    pub fn ask_version(&mut self, env: Env) -> Result<()> {
        self.open()
            .and_then(|open| open.ask(Kind::Version, None))
            .or_throw(&env)
    }

    /// Asks which of these features CRIU has on this kernel; a further request may follow.
    #[napi]
    pub fn ask_features(&mut self, env: Env, mem_track: bool, lazy_pages: bool) -> Result<()> {
        let features = rpc::Features {
            mem_track: Some(mem_track),
            lazy_pages: Some(lazy_pages),
        };
        self.open()
            .and_then(|open| open.ask(Kind::FeatureCheck, Some(features)))
            .or_throw(&env)
    }

    /// Asks for the work itself; `images` and `work` are directories, an empty `work` is that of the images.
    #[napi]
    pub fn order(
        &mut self,
        env: Env,
        #[napi(ts_arg_type = "'dump' | 'preDump' | 'restore'")] kind: String,
        options: CriuOptions,
        images: String,
        work: String,
    ) -> Result<()> {
        let work = (!work.is_empty()).then_some(&*work);
        let kind = match &*kind {
            "dump" => Ok(Kind::Dump),
            "preDump" => Ok(Kind::PreDump),
            "restore" => Ok(Kind::Restore),
            other => Err(Error::text(format!("CRIU does no {other:?}"))),
        };
        let sent = kind.and_then(|kind| {
            let options = message(options)?;
            self.open()?.order(kind, options, &images, work)
        });
        sent.or_throw(&env)
    }

    /// Waits for what CRIU says next.
    #[napi]
    pub fn receive(&mut self, env: Env) -> Result<CriuEvent> {
        let event = self
            .open()
            .and_then(core::Conversation::receive)
            .or_throw(&env)?;
        Ok(match event {
            core::Event::Notify { script, pid, fd } => CriuEvent {
                kind: "notify".to_owned(),
                script,
                pid,
                fd: fd.map_or(-1, descriptors::hand_out),
                version: 0,
                mem_track: false,
                lazy_pages: false,
            },
            core::Event::Done(answer) => CriuEvent {
                kind: "done".to_owned(),
                script: String::new(),
                pid: answer.pid,
                fd: -1,
                version: answer.version,
                mem_track: answer.features.mem_track.unwrap_or(false),
                lazy_pages: answer.features.lazy_pages.unwrap_or(false),
            },
        })
    }

    /// Lets CRIU go on.
    #[napi]
    pub fn proceed(&mut self, env: Env) -> Result<()> {
        self.open()
            .and_then(core::Conversation::proceed)
            .or_throw(&env)
    }

    /// Ends the conversation, upon which CRIU ends. A second time does nothing.
    #[napi]
    pub fn close(&mut self) {
        self.0 = None;
    }
}

fn message(options: CriuOptions) -> trunc_core::Result<rpc::Options> {
    let page_server = match options.page_server {
        Some(CriuPageServer { address, port }) => Some(rpc::PageServer {
            address: Some(address),
            port: signed(Some(port))?,
        }),
        None => None,
    };
    Ok(rpc::Options {
        images_dir_fd: -1,
        pid: signed(options.pid)?,
        leave_running: options.leave_running,
        ext_unix_sk: options.ext_unix_sk,
        tcp_established: options.tcp_established,
        evasive_devices: options.evasive_devices,
        shell_job: options.shell_job,
        file_locks: options.file_locks,
        log_level: signed(options.log_level)?,
        log_file: options.log_file,
        page_server,
        notify_scripts: options.notify_scripts,
        root: options.root,
        parent_img: options.parent_img,
        track_mem: options.track_mem,
        auto_dedup: options.auto_dedup,
        work_dir_fd: None,
        link_remap: options.link_remap,
        external_mounts: pairs(options.ext_mnt, |key, value| rpc::ExternalMount {
            key,
            value,
        }),
        // As old as the mode, which decides.
        manage_cgroups: Some(true),
        cgroup_roots: pairs(options.cg_root, |controller, path| rpc::CgroupRoot {
            controller: Some(controller),
            path,
        }),
        restore_as_sibling: options.rst_sibling,
        inherit_fds: inherited(options.inherit_fd),
        manage_cgroups_mode: signed(options.manage_cgroups_mode)?,
        external: options.external,
        empty_namespaces: options.empty_ns.map(|bits| bits.0),
        join_namespaces: pairs(options.join_ns, |namespace, path| rpc::JoinNamespace {
            namespace,
            path,
        }),
        freeze_cgroup: options.freeze_cgroup,
        tcp_skip_in_flight: options.tcp_skip_in_flight,
        lazy_pages: options.lazy_pages,
        orphan_pts_master: options.orphan_pts_master,
        config_file: options.config_file,
        lsm_profile: options.lsm_profile,
        lsm_mount_context: options.lsm_mount_context,
    })
}

fn pairs<T>(list: Vec<CriuPair>, make: impl Fn(String, String) -> T) -> Vec<T> {
    list.into_iter()
        .map(|CriuPair { key, value }| make(key, value))
        .collect()
}

fn inherited(list: Vec<CriuInheritFd>) -> Vec<rpc::InheritFd> {
    list.into_iter()
        .map(|CriuInheritFd { key, fd }| rpc::InheritFd { key, fd: fd.0 })
        .collect()
}

fn signed(number: Option<U32>) -> trunc_core::Result<Option<i32>> {
    number
        .map(|number| i32::try_from(number.0))
        .transpose()
        .map_err(|_| Error::text("a number is too big for CRIU"))
}
