//! Messages of D-Bus: a fixed part, fields, padding to eight bytes, a body.
//!
//! Source: the D-Bus specification, "Message Protocol".

use serde::ser::{Serialize, SerializeStruct, Serializer};
use zbus::wire::serialized::{Context, Data};
use zbus::wire::{DynamicType, Endian, Type, to_bytes};
use zbus::{Signature, Variant};

use crate::error::{Error, Result};

/// Where a message of ours goes.
pub struct Call<'a> {
    /// Well-known name of the receiver; empty on a connection without a bus.
    pub destination: &'a str,
    /// The object.
    pub path: &'a str,
    /// Its interface.
    pub interface: &'a str,
    /// The method.
    pub method: &'a str,
    /// Types of the body's arguments; empty for none.
    pub signature: &'a str,
}

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The answer to a call.
    Reply,
    /// The refusal of a call.
    Refusal,
    /// A signal.
    Signal,
    /// What is not for us.
    Other,
}

/// A message that came in.
#[derive(Debug)]
pub struct Message {
    /// What it is.
    pub kind: Kind,
    /// The serial of the call that it answers; 0 for none.
    pub reply_to: u32,
    /// The name of a signal or of an error; perhaps empty.
    pub name: String,
    body: Data<'static, 'static>,
}

/// Length of the part that every message has: enough to know how long the whole is.
pub const FIXED_LENGTH: usize = 16;
const MAX_LENGTH: usize = 1 << 20;

const METHOD_CALL: u8 = 1;
const NO_FLAGS: u8 = 0;
const VERSION: u8 = 1;

type Header<'a> = (u8, u8, u8, u8, u32, u32, Vec<(u8, Variant<'a>)>);

/// The fields of a header that matter here.
mod field {
    pub const PATH: u8 = 1;
    pub const INTERFACE: u8 = 2;
    pub const MEMBER: u8 = 3;
    pub const ERROR_NAME: u8 = 4;
    pub const REPLY_SERIAL: u8 = 5;
    pub const DESTINATION: u8 = 6;
    pub const SIGNATURE: u8 = 8;
}

/// The value of a field. Not the library's variant, which would put the types of several arguments in parentheses.
enum Value<'a> {
    Path(&'a str),
    Text(&'a str),
    Signature(&'a str),
}

impl Type for Value<'_> {
    const SIGNATURE: &'static Signature = &Signature::Variant;
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let (signature, value) = match self {
            Self::Path(value) => (Signature::ObjectPath, value),
            Self::Text(value) => (Signature::Str, value),
            Self::Signature(value) => (Signature::Signature, value),
        };
        // the form that the library knows variants by
        let mut parts = serializer.serialize_struct("Variant", 2)?;
        parts.serialize_field("signature", &signature)?;
        parts.serialize_field("value", value)?;
        parts.end()
    }
}

/// The bytes of a call.
///
/// # Errors
/// Text that is no path, name or signature of D-Bus.
pub fn encode<Body>(call: &Call<'_>, serial: u32, body: Option<&Body>) -> Result<Vec<u8>>
where
    Body: Serialize + DynamicType + ?Sized,
{
    let context = Context::new(Endian::Little, 0);
    let body = match body {
        Some(body) => to_bytes(context, body).map_err(wrong)?.bytes().to_vec(),
        None => Vec::new(),
    };
    let mut fields = vec![
        (field::PATH, Value::Path(call.path)),
        (field::INTERFACE, Value::Text(call.interface)),
        (field::MEMBER, Value::Text(call.method)),
    ];
    if !call.destination.is_empty() {
        fields.push((field::DESTINATION, Value::Text(call.destination)));
    }
    if !call.signature.is_empty() {
        fields.push((field::SIGNATURE, Value::Signature(call.signature)));
    }
    let length = u32::try_from(body.len()).map_err(wrong)?;
    let header = (b'l', METHOD_CALL, NO_FLAGS, VERSION, length, serial, fields);
    let mut bytes = to_bytes(context, &header).map_err(wrong)?.bytes().to_vec();
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    bytes.extend(body);
    Ok(bytes)
}

/// How long the message is that begins with these bytes.
///
/// # Errors
/// When that is no message, or one that is longer than anything systemd has to say.
pub fn total_length(fixed: &[u8; FIXED_LENGTH]) -> Result<usize> {
    let endian = endian_of(fixed)?;
    let number = |at: usize| -> usize {
        let bytes = [fixed[at], fixed[at + 1], fixed[at + 2], fixed[at + 3]];
        let number = match endian {
            Endian::Little => u32::from_le_bytes(bytes),
            Endian::Big => u32::from_be_bytes(bytes),
        };
        usize::try_from(number)
            .unwrap_or(MAX_LENGTH)
            .min(MAX_LENGTH)
    };
    let total = FIXED_LENGTH + number(12).next_multiple_of(8) + number(4);
    if total > MAX_LENGTH {
        return Err(Error::text("a D-Bus message is over 1 MiB"));
    }
    Ok(total)
}

fn endian_of(bytes: &[u8]) -> Result<Endian> {
    match bytes.first() {
        Some(b'l') => Ok(Endian::Little),
        Some(b'B') => Ok(Endian::Big),
        _ => Err(Error::text("what came from the bus is no D-Bus message")),
    }
}

/// A whole message.
///
/// # Errors
/// What is wrong with it.
pub fn decode(bytes: &[u8]) -> Result<Message> {
    let context = Context::new(endian_of(bytes)?, 0);
    let data = Data::new(bytes, context);
    let (header, length) = data.deserialize::<Header<'_>>().map_err(wrong)?;
    let (_, kind, _, _, _, _, fields) = header;
    let mut message = Message {
        kind: match kind {
            2 => Kind::Reply,
            3 => Kind::Refusal,
            4 => Kind::Signal,
            _ => Kind::Other,
        },
        reply_to: 0,
        name: String::new(),
        body: Data::new(
            bytes
                .get(length.next_multiple_of(8)..)
                .unwrap_or_default()
                .to_vec(),
            context,
        ),
    };
    for (code, value) in fields {
        match (code, value) {
            (field::MEMBER | field::ERROR_NAME, Variant::Str(name)) => {
                message.name = name.as_str().to_owned();
            }
            (field::REPLY_SERIAL, Variant::U32(serial)) => message.reply_to = serial,
            _ => {}
        }
    }
    Ok(message)
}

impl Message {
    /// The body's arguments: a tuple, or the one there is.
    ///
    /// # Errors
    /// When they are of other types.
    pub fn body<'a, Body>(&'a self) -> Result<Body>
    where
        Body: serde::Deserialize<'a> + Type,
    {
        self.body
            .deserialize()
            .map(|(body, _)| body)
            .map_err(|error| Error::text(format!("{} of D-Bus: {error}", self.name)))
    }
}

fn wrong(error: impl std::fmt::Display) -> Error {
    Error::text(format!("D-Bus: {error}"))
}

#[cfg(test)]
mod tests {
    use super::{Call, FIXED_LENGTH, Kind, decode, encode, total_length};
    use zbus::Variant;

    const CALL: Call<'_> = Call {
        destination: "org.freedesktop.systemd1",
        path: "/org/freedesktop/systemd1",
        interface: "org.freedesktop.systemd1.Manager",
        method: "SetUnitProperties",
        signature: "sba(sv)",
    };

    fn encoded() -> Vec<u8> {
        let properties = vec![("TasksMax", Variant::new(7_u64))];
        encode(&CALL, 3, Some(&("a.scope", true, properties))).expect("well formed")
    }

    #[test]
    fn the_first_bytes_tell_the_length() {
        let bytes = encoded();
        let fixed: [u8; FIXED_LENGTH] = bytes[..FIXED_LENGTH].try_into().expect("long enough");
        assert_eq!(total_length(&fixed).expect("a message"), bytes.len());
        assert_eq!(&bytes[..4], &[b'l', 1, 0, 1]);
        assert_eq!(&bytes[8..12], &[3, 0, 0, 0]);
        let types = b"\x01g\0\x07sba(sv)\0";
        assert!(bytes.windows(types.len()).any(|window| window == types));
    }

    #[test]
    fn a_message_that_comes_in_is_read_whole() {
        let message = decode(&encoded()).expect("a message");
        assert_eq!(message.kind, Kind::Other);
        assert_eq!(message.name, "SetUnitProperties");
        let (unit, is_runtime, properties) = message
            .body::<(&str, bool, Vec<(&str, Variant<'_>)>)>()
            .expect("its types");
        assert_eq!((unit, is_runtime), ("a.scope", true));
        assert_eq!(properties, vec![("TasksMax", Variant::new(7_u64))]);
    }

    #[test]
    fn what_is_no_message_is_refused() {
        assert!(total_length(b"HTTP/1.1 400 Bad").is_err());
        let mut huge = *b"l\x02\x00\x01aaaa\x01\x00\x00\x00aaaa";
        assert!(total_length(&huge).is_err());
        huge[4..8].fill(0);
        huge[12..16].fill(0);
        assert_eq!(total_length(&huge).expect("a message"), FIXED_LENGTH);
        assert!(decode(b"l").is_err());
    }
}
