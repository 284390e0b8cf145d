//! The operations of the host side: what is done outside the container, before and after the init is cloned.
//! Nothing of it crosses to the init.

#[allow(unused_imports, reason = "fields name their kinds")]
use crate::values::{Bytes, Flag, I32, Text, Texts, U32, U64};

/// One step on the host. `at` is the JSON pointer of the config value that asked for it, empty for the runtime's own.
#[cfg_attr(
    feature = "napi",
    napi_derive::napi(discriminant = "op", discriminant_case = "camelCase")
)]
#[derive(Clone, Debug)]
pub enum HostOp {
    /// mkdir(2) of a cgroup and its missing ancestors, one component at a time beneath `root`.
    MakeCgroup {
        at: Text,
        /// Mount point of the hierarchy, as `/sys/fs/cgroup/memory`.
        root: Text,
        /// Path of the cgroup beneath `root`, with a leading slash.
        path: Text,
        /// v1 cpuset: gives each new cgroup on the way its parent's cpus and mems, without which nothing may enter.
        seed_cpuset: Flag,
    },
    /// Writes one file of a cgroup, in one write(2).
    WriteCgroup {
        at: Text,
        root: Text,
        path: Text,
        /// File name, as `memory.max`.
        file: Text,
        text: Text,
        /// The errno names (as `ENOENT`) with which the kernel may refuse without this being a failure.
        ignore: Texts,
    },
    /// Enables controllers for the children of every cgroup from `root` down to the parent of `path` (v2).
    EnableControllers {
        at: Text,
        root: Text,
        path: Text,
        /// Controller names; one the kernel does not offer here is left out.
        controllers: Texts,
    },
    /// Gives a cgroup (v2) to a user: its directory, and the files in it that the kernel names in /sys/kernel/cgroup/delegate.
    OwnCgroup {
        at: Text,
        root: Text,
        path: Text,
        uid: U32,
    },
    /// Loads a device program and attaches it to a cgroup in place of all others of ours (v2, `BPF_CGROUP_DEVICE`).
    DeviceProgram {
        at: Text,
        root: Text,
        path: Text,
        /// `struct bpf_insn[]`.
        program: Bytes,
    },
    /// Moves the init into a cgroup.
    JoinCgroup { at: Text, root: Text, path: Text },
    /// Writes the id maps of the init's new user namespace; by newuidmap(1) and newgidmap(1) where the kernel would refuse.
    IdMaps {
        at: Text,
        /// Lines "inside outside length".
        uid: Text,
        gid: Text,
        /// Writes `deny` to /proc/PID/setgroups first.
        deny_setgroups: Flag,
        /// Uses the set-user-id helpers (rootless with subordinate ids).
        helpers: Flag,
    },
    /// Writes a file in /proc/PID of the init, as `oom_score_adj`.
    WriteInitProc { at: Text, file: Text, text: Text },
    /// Moves a network device of the host into the init's network namespace.
    MoveNetDevice {
        at: Text,
        name: Text,
        /// Its name there; empty keeps it.
        new_name: Text,
        /// Path of a network namespace that the init joins, perhaps only later; empty for the one that it is in from its start.
        joined: Text,
    },
    /// Writes one file beneath `root`, which is made first if it is missing (resctrl).
    WriteResctrl {
        at: Text,
        root: Text,
        path: Text,
        file: Text,
        text: Text,
    },
    /// Adds the init's pid to `tasks` of a resctrl group.
    JoinResctrl { at: Text, root: Text, path: Text },
    /// mkdir(2) of a resctrl group beneath `root`.
    MakeResctrl {
        at: Text,
        root: Text,
        path: Text,
        /// One that is there is used; without it that is an error.
        shared: Flag,
        /// Lines that the `schemata` of one that is there must have.
        schemata: Text,
    },
    /// Writes the first of several files of a cgroup that is there; fails as for the last when none is.
    WriteFirstCgroup {
        at: Text,
        root: Text,
        path: Text,
        /// File names, and the text for each.
        files: Texts,
        texts: Texts,
    },
    /// Has systemd start a transient scope with the init in it (`StartTransientUnit`), and waits until it has; `PIDs` is added.
    /// A unit of that name that failed earlier is taken away first.
    StartUnit {
        at: Text,
        bus: Vec<BusSocket>,
        /// Its name, as `docker-1234.scope`.
        unit: Text,
        properties: Vec<UnitProperty>,
        /// Milliseconds that it may take.
        timeout_ms: U32,
    },
    /// Changes properties of a unit until it ends (`SetUnitProperties`).
    SetUnitProperties {
        at: Text,
        bus: Vec<BusSocket>,
        unit: Text,
        properties: Vec<UnitProperty>,
        /// Milliseconds that it may take.
        timeout_ms: U32,
    },
    /// Has systemd move the init into a unit's cgroup (`AttachProcessesToUnit`), which a user may not reach by itself.
    AttachToUnit {
        at: Text,
        bus: Vec<BusSocket>,
        unit: Text,
        /// Path beneath the unit's cgroup, with a leading slash.
        path: Text,
        /// Milliseconds that it may take.
        timeout_ms: U32,
    },
    /// Raises a hard limit of the init to at least this (`prlimit(2)`), which it may not do itself in a user namespace;
    /// changes nothing when it is as high already.
    RaiseRlimit { at: Text, resource: U32, hard: U64 },
    /// sched_setaffinity(2) of the init.
    SetAffinity {
        at: Text,
        /// Bit mask of the CPUs, little endian, a multiple of eight bytes.
        cpus: Bytes,
    },
}

/// A socket through which systemd is asked; of several the first that answers is taken.
#[cfg_attr(feature = "napi", napi_derive::napi(object))]
#[derive(Clone, Debug)]
pub struct BusSocket {
    /// Absolute path; with a leading `@` the name of an abstract socket.
    pub path: Text,
    /// systemd itself listens there; else it is a message bus.
    pub is_direct: Flag,
}

/// A property of a systemd unit, by its D-Bus type.
#[cfg_attr(
    feature = "napi",
    napi_derive::napi(discriminant = "type", discriminant_case = "camelCase")
)]
#[derive(Clone, Debug)]
pub enum UnitProperty {
    /// `s`
    Text { name: Text, value: Text },
    /// `as`
    Texts { name: Text, value: Texts },
    /// `b`
    Flag { name: Text, value: Flag },
    /// `t`
    Number { name: Text, value: U64 },
    /// `i`
    Integer { name: Text, value: I32 },
    /// `ay`
    Bytes { name: Text, value: Bytes },
    /// `a(ss)`: pairs, as of a device and the access to it.
    Pairs {
        name: Text,
        keys: Texts,
        values: Texts,
    },
}

/// One descriptor that the host opens for the init; its index in the list is what [`crate::init_ops::InitOp`] names.
#[cfg_attr(
    feature = "napi",
    napi_derive::napi(discriminant = "op", discriminant_case = "camelCase")
)]
#[derive(Clone, Debug)]
pub enum FdOp {
    /// A fifo made at `path` (mode 0600) and opened for reading and writing: how `start` reaches the init.
    Fifo { at: Text, path: Text },
    /// A detached copy of a tree of the host (`open_tree(2)` with `OPEN_TREE_CLONE`), made private first.
    Tree {
        at: Text,
        source: Text,
        recursive: Flag,
        /// Id map to apply (`MOUNT_ATTR_IDMAP`): lines "inside outside length"; empty for none.
        uid_map: Text,
        gid_map: Text,
        /// Path of a user namespace whose map is applied instead; empty for none.
        map_of: Text,
        /// Applies the id map to the mounts below too.
        recursive_map: Flag,
    },
    /// The host's procfs (`O_PATH`), for an init that can't mount one: see `WriteHostProc`.
    HostProc { at: Text },
    /// A file or directory of the host, opened for reading.
    File { at: Text, path: Text },
    /// A copy of a descriptor that this process handed out.
    Given { at: Text, number: I32 },
}

/// A namespace that is joined by path.
#[cfg_attr(feature = "napi", napi_derive::napi(object))]
#[derive(Clone, Debug)]
pub struct Join {
    pub at: Text,
    /// `CLONE_NEW*` bit of its kind: a file of another kind is refused.
    pub kind: U32,
    /// Path of the namespace file.
    pub path: Text,
}

/// A running process whose namespaces the init joins, all at once (`exec`).
#[cfg_attr(feature = "napi", napi_derive::napi(object))]
#[derive(Clone, Debug)]
pub struct JoinProcess {
    pub pid: U32,
    /// Field 22 of its /proc/PID/stat: another process of that number is refused.
    pub start_time: U64,
    /// `CLONE_NEW*` bits; those in which it is where this process is are left out.
    pub namespaces: U32,
    /// v1 cgroups that the init moves itself into before (absolute paths): to move another process takes some milliseconds.
    pub cgroups: Texts,
    /// Milliseconds that joining may take; 0 waits for ever, as for a cgroup that is frozen.
    pub timeout_ms: U32,
}

/// How the init is cloned.
#[cfg_attr(feature = "napi", napi_derive::napi(object))]
#[derive(Clone, Debug)]
pub struct Sandbox {
    /// `CLONE_NEW*` bits of the namespaces to make.
    pub namespaces: U32,
    /// Namespaces to join, the user namespace first.
    pub joins: Vec<Join>,
    /// Instead of `namespaces` and `joins`: what is listed for after the clone is done before the init joins.
    pub join_process: Option<JoinProcess>,
    /// v2 cgroup to clone into (`CLONE_INTO_CGROUP`): absolute path; empty for none.
    pub into_cgroup: Text,
    /// Descriptors 3 to 2 + this stay open in the init.
    pub preserve_fds: U32,
}

/// Everything that creating one container asks of the kernel, in order.
#[cfg_attr(feature = "napi", napi_derive::napi(object))]
#[derive(Clone, Debug)]
pub struct Plan {
    /// On the host, before the clone.
    pub before: Vec<HostOp>,
    /// Descriptors for the init.
    pub fds: Vec<FdOp>,
    pub sandbox: Sandbox,
    /// On the host, after the clone, before the init gets its operations.
    pub after: Vec<HostOp>,
    /// On the host, while the init is at its operations: done before it may go on from `Ready`.
    pub meanwhile: Option<Vec<HostOp>>,
    /// In the init.
    pub init: Vec<crate::init_ops::InitOp>,
}
