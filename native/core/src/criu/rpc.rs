//! CRIU's protocol (its images/rpc.proto), as far as the runtime speaks it. Tags and names are those of CRIU.

use prost::Message;

/// `criu_req_type`: what a request asks for, and what a response answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Write a process tree into images, and end it.
    Dump = 1,
    /// Make a process tree from images.
    Restore = 2,
    /// Write memory only, and let the processes go on.
    PreDump = 4,
    /// CRIU tells how far it is, and waits for an answer.
    Notify = 6,
    /// Which features this CRIU on this kernel has.
    FeatureCheck = 9,
    /// CRIU's version.
    Version = 10,
}

impl Kind {
    const ALL: [(Self, &'static str); 6] = [
        (Self::Dump, "DUMP"),
        (Self::Restore, "RESTORE"),
        (Self::PreDump, "PRE_DUMP"),
        (Self::Notify, "NOTIFY"),
        (Self::FeatureCheck, "FEATURE_CHECK"),
        (Self::Version, "VERSION"),
    ];

    /// CRIU's name of it.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(kind, _)| *kind == self)
            .map_or("", |(_, name)| name)
    }

    /// By the number on the wire.
    #[must_use]
    pub fn of(number: i32) -> Option<Self> {
        let found = Self::ALL
            .iter()
            .find(|(kind, _)| i32::from(*kind) == number);
        found.map(|(kind, _)| *kind)
    }
}

impl From<Kind> for i32 {
    fn from(kind: Kind) -> Self {
        kind as Self
    }
}

/// `criu_page_server_info`
#[derive(Clone, PartialEq, Eq, Message)]
pub struct PageServer {
    #[prost(string, optional, tag = "1")]
    pub address: Option<String>,
    #[prost(int32, optional, tag = "2")]
    pub port: Option<i32>,
}

/// `ext_mount_map`: a mount that comes from outside. At dump: its place, its name; at restore: its name, its source.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct ExternalMount {
    #[prost(string, required, tag = "1")]
    pub key: String,
    #[prost(string, required, tag = "2")]
    pub value: String,
}

/// `join_namespace`
#[derive(Clone, PartialEq, Eq, Message)]
pub struct JoinNamespace {
    #[prost(string, required, tag = "1")]
    pub namespace: String,
    #[prost(string, required, tag = "2")]
    pub path: String,
}

/// `inherit_fd`
#[derive(Clone, PartialEq, Eq, Message)]
pub struct InheritFd {
    #[prost(string, required, tag = "1")]
    pub key: String,
    #[prost(int32, required, tag = "2")]
    pub fd: i32,
}

/// `cgroup_root`
#[derive(Clone, PartialEq, Eq, Message)]
pub struct CgroupRoot {
    #[prost(string, optional, tag = "1")]
    pub controller: Option<String>,
    #[prost(string, required, tag = "2")]
    pub path: String,
}

/// `criu_opts`
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Options {
    /// Of this process: CRIU opens it through /proc.
    #[prost(int32, required, tag = "1")]
    pub images_dir_fd: i32,
    #[prost(int32, optional, tag = "2")]
    pub pid: Option<i32>,
    #[prost(bool, optional, tag = "3")]
    pub leave_running: Option<bool>,
    #[prost(bool, optional, tag = "4")]
    pub ext_unix_sk: Option<bool>,
    #[prost(bool, optional, tag = "5")]
    pub tcp_established: Option<bool>,
    #[prost(bool, optional, tag = "6")]
    pub evasive_devices: Option<bool>,
    #[prost(bool, optional, tag = "7")]
    pub shell_job: Option<bool>,
    #[prost(bool, optional, tag = "8")]
    pub file_locks: Option<bool>,
    #[prost(int32, optional, tag = "9")]
    pub log_level: Option<i32>,
    #[prost(string, optional, tag = "10")]
    pub log_file: Option<String>,
    #[prost(message, optional, tag = "11")]
    pub page_server: Option<PageServer>,
    #[prost(bool, optional, tag = "12")]
    pub notify_scripts: Option<bool>,
    #[prost(string, optional, tag = "13")]
    pub root: Option<String>,
    #[prost(string, optional, tag = "14")]
    pub parent_img: Option<String>,
    #[prost(bool, optional, tag = "15")]
    pub track_mem: Option<bool>,
    #[prost(bool, optional, tag = "16")]
    pub auto_dedup: Option<bool>,
    /// As `images_dir_fd`.
    #[prost(int32, optional, tag = "17")]
    pub work_dir_fd: Option<i32>,
    #[prost(bool, optional, tag = "18")]
    pub link_remap: Option<bool>,
    #[prost(message, repeated, tag = "23")]
    pub external_mounts: Vec<ExternalMount>,
    #[prost(bool, optional, tag = "24")]
    pub manage_cgroups: Option<bool>,
    #[prost(message, repeated, tag = "25")]
    pub cgroup_roots: Vec<CgroupRoot>,
    #[prost(bool, optional, tag = "26")]
    pub restore_as_sibling: Option<bool>,
    #[prost(message, repeated, tag = "27")]
    pub inherit_fds: Vec<InheritFd>,
    /// `criu_cg_mode`
    #[prost(int32, optional, tag = "34")]
    pub manage_cgroups_mode: Option<i32>,
    #[prost(string, repeated, tag = "37")]
    pub external: Vec<String>,
    /// `CLONE_NEW*` bits.
    #[prost(uint32, optional, tag = "38")]
    pub empty_namespaces: Option<u32>,
    #[prost(message, repeated, tag = "39")]
    pub join_namespaces: Vec<JoinNamespace>,
    #[prost(string, optional, tag = "44")]
    pub freeze_cgroup: Option<String>,
    #[prost(bool, optional, tag = "46")]
    pub tcp_skip_in_flight: Option<bool>,
    #[prost(bool, optional, tag = "48")]
    pub lazy_pages: Option<bool>,
    #[prost(bool, optional, tag = "50")]
    pub orphan_pts_master: Option<bool>,
    #[prost(string, optional, tag = "51")]
    pub config_file: Option<String>,
    #[prost(string, optional, tag = "53")]
    pub lsm_profile: Option<String>,
    #[prost(string, optional, tag = "63")]
    pub lsm_mount_context: Option<String>,
}

/// `criu_features`
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub struct Features {
    #[prost(bool, optional, tag = "1")]
    pub mem_track: Option<bool>,
    #[prost(bool, optional, tag = "2")]
    pub lazy_pages: Option<bool>,
}

/// `criu_req`
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Request {
    #[prost(int32, required, tag = "1")]
    pub kind: i32,
    #[prost(message, optional, tag = "2")]
    pub options: Option<Options>,
    #[prost(bool, optional, tag = "3")]
    pub notify_success: Option<bool>,
    /// A further request follows over the same connection.
    #[prost(bool, optional, tag = "4")]
    pub keep_open: Option<bool>,
    #[prost(message, optional, tag = "5")]
    pub features: Option<Features>,
}

/// `criu_restore_resp`
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub struct Restored {
    #[prost(int32, required, tag = "1")]
    pub pid: i32,
}

/// `criu_notify`
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Notification {
    #[prost(string, optional, tag = "1")]
    pub script: Option<String>,
    #[prost(int32, optional, tag = "2")]
    pub pid: Option<i32>,
}

/// `criu_version`
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Version {
    #[prost(int32, required, tag = "1")]
    pub major: i32,
    #[prost(int32, required, tag = "2")]
    pub minor: i32,
    #[prost(int32, optional, tag = "4")]
    pub sublevel: Option<i32>,
}

/// `criu_resp`
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Response {
    #[prost(int32, required, tag = "1")]
    pub kind: i32,
    #[prost(bool, required, tag = "2")]
    pub success: bool,
    #[prost(message, optional, tag = "4")]
    pub restore: Option<Restored>,
    #[prost(message, optional, tag = "5")]
    pub notify: Option<Notification>,
    #[prost(int32, optional, tag = "7")]
    pub errno: Option<i32>,
    #[prost(message, optional, tag = "8")]
    pub features: Option<Features>,
    #[prost(string, optional, tag = "9")]
    pub error: Option<String>,
    #[prost(message, optional, tag = "10")]
    pub version: Option<Version>,
}

#[cfg(test)]
mod tests {
    use super::{Kind, Options, Request, Response};
    use prost::Message;

    #[test]
    fn a_request_is_what_the_protocol_says() {
        let options = Options {
            images_dir_fd: 5,
            leave_running: Some(false),
            cgroup_roots: vec![super::CgroupRoot {
                controller: Some("cpu".to_owned()),
                path: "/a".to_owned(),
            }],
            ..Options::default()
        };
        let request = Request {
            kind: Kind::Dump.into(),
            options: Some(options),
            ..Request::default()
        };
        let expected = [
            &b"\x08\x01\x12\x11\x08\x05\x18\x00"[..],
            b"\xca\x01\x09\x0a\x03cpu\x12\x02/a",
        ]
        .concat();
        // A length of 17: images_dir_fd, leave_running, and cg_root with its two-byte tag.
        let mut expected = expected;
        expected[3] = u8::try_from(expected.len() - 4).expect("short");
        assert_eq!(request.encode_to_vec(), expected);
    }

    #[test]
    fn unknown_fields_of_a_response_are_passed_over() {
        let bytes = b"\x08\x06\x10\x01\x2a\x06\x0a\x02ab\x10\x07\x58\x01";
        let response = Response::decode(&bytes[..]).expect("decoded");
        assert_eq!(Kind::of(response.kind), Some(Kind::Notify));
        let notify = response.notify.expect("there");
        assert_eq!(
            (notify.script.as_deref(), notify.pid),
            (Some("ab"), Some(7))
        );
        assert_eq!(Kind::of(3), None);
    }
}
