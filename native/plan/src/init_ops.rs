//! The operations of the init: one list from which the owned form (with N-API), the borrowed form and both
//! directions of the wire form are made. The order here is the order in which a plan usually has them.
//!
//! Paths named `target` or `path` are paths of the container: before the pivot they are resolved beneath the root
//! file system, afterwards beneath `/`, always with `RESOLVE_IN_ROOT`. Paths named `source` are the host's.

/// Writes one list of operations down as an owned enum, a borrowed enum, an encoder and a decoder.
macro_rules! init_ops {
    ($( $(#[doc = $doc:literal])* $code:literal $name:ident { $( $(#[doc = $field_doc:literal])* $field:ident: $kind:ident ),* $(,)? } )*) => {
        /// The owned form: what the TypeScript plan compiler makes and the host side encodes.
        #[cfg(feature = "host")]
        mod owned {
            #[allow(unused_imports, reason = "the list decides which kinds it uses")]
            use crate::values::{Bytes, Flag, I32, Text, Texts, U32, U32s, U64};

            /// One step inside the container. `at` is the JSON pointer of the config value that asked for it.
            #[cfg_attr(feature = "napi", napi_derive::napi(discriminant = "op", discriminant_case = "camelCase"))]
            #[derive(Clone, Debug)]
            pub enum InitOp { $(
                $(#[doc = $doc])*
                $name {
                    /// JSON pointer of the config value that asked for this step; empty for steps of the runtime's own.
                    at: Text,
                    $( $(#[doc = $field_doc])* $field: $kind, )*
                },
            )* }

            impl InitOp {
                /// The JSON pointer of the config value that asked for this step.
                #[must_use]
                pub fn at(&self) -> &str {
                    match self { $( Self::$name { at, .. } => at, )* }
                }

                /// The step's tag, as TypeScript spells it (in UpperCamelCase).
                #[must_use]
                pub const fn tag(&self) -> &'static str {
                    match self { $( Self::$name { .. } => stringify!($name), )* }
                }

                /// One of each kind, by chance.
                #[cfg(test)]
                pub(crate) fn samples(random: &mut crate::wire::fuzz::Random) -> Vec<Self> {
                    vec![ $( Self::$name {
                        at: String::new(),
                        $( $field: crate::wire::fuzz::Sample::sample(random), )*
                    }, )* ]
                }

                /// Appends the wire form.
                ///
                /// # Errors
                /// When a string holds a NUL byte or a field is over 4 GiB.
                pub fn encode(&self, out: &mut crate::wire::Encoder) -> Result<(), crate::wire::EncodeError> {
                    match self { $(
                        Self::$name { at: _, $( $field, )* } => {
                            out.begin($code);
                            $( crate::wire::Field::encode($field, out)?; )*
                            out.end()
                        }
                    )* }
                }
            }
        }
        #[cfg(feature = "host")]
        pub use owned::InitOp;

        /// The borrowed form: what the init decodes from the plan's bytes.
        pub mod view {
            #[allow(unused_imports, reason = "the list decides which kinds it uses")]
            use crate::wire::view::{Bytes, Flag, I32, Text, Texts, U32, U32s, U64};

            /// One step inside the container, borrowed from the plan's bytes.
            #[derive(Clone, Copy, Debug)]
            pub enum InitOp<'a> { $(
                $(#[doc = $doc])*
                $name { $( $(#[doc = $field_doc])* $field: $kind<'a>, )* },
            )* }

            impl<'a> InitOp<'a> {
                /// Reads the fields of the operation `code`; `None` when they are malformed or the code is unknown.
                #[must_use]
                pub fn decode(code: u16, fields: &'a [u8]) -> Option<Self> {
                    let mut reader = crate::wire::Reader::new(fields);
                    let op = match code {
                        $( $code => Self::$name {
                            $( $field: reader.read::<$kind<'a>>()?, )*
                        }, )*
                        _ => return None,
                    };
                    reader.is_done().then_some(op)
                }
            }
        }
    };
}

init_ops! {
    // --- Entering the sandbox -------------------------------------------------------------------------------------

    /// Waits until the host says to go on; with `report`, tells it first that this point is reached.
    1 Barrier { report: Flag }
    /// unshare(2): namespaces that can only be made now, as the cgroup namespace after the last move.
    2 Unshare {
        /// `CLONE_NEW*` bits.
        flags: U32,
    }
    /// Makes the time namespace, writes its offsets and enters it (`time_namespaces(7)`).
    3 TimeOffsets {
        /// The text for `/proc/self/timens_offsets`: one line a clock.
        offsets: Text,
    }
    /// Becomes user 0 and group 0 of the new user namespace; its maps are written by now.
    4 BecomeRoot {}
    /// Joins a new session keyring of this name (`keyctl(2)`, `KEYCTL_JOIN_SESSION_KEYRING`).
    5 JoinKeyring { name: Text }
    /// setsid(2).
    6 NewSession {}
    /// Brings a network interface up.
    7 LinkUp { name: Text }
    /// Moves this process into a v1 cgroup, by its own hand: a process that moves another one waits for a grace period of the
    /// kernel, some milliseconds, but a single thread may move itself at once (Linux 5.6).
    8 JoinCgroup {
        /// Absolute path of the cgroup on the host.
        path: Text,
    }
    /// Asks whether this user namespace, which others made, lets setgroups(2) be called: where it does not, `Credentials` leaves
    /// the supplementary groups alone.
    9 ProbeGroups {}

    // --- Root file system and mounts ------------------------------------------------------------------------------

    /// Sets the propagation of the mounts of the new mount namespace (`mount_setattr(2)` on `/`).
    20 HostPropagation {
        /// One of `MS_PRIVATE`, `MS_SLAVE`, `MS_SHARED`, `MS_UNBINDABLE`; with `MS_REC` of all mounts, else of `/` alone.
        propagation: U32,
    }
    /// Binds the root file system on itself and keeps it open: all later targets are resolved beneath it.
    21 OpenRoot {
        /// Absolute path on the host.
        source: Text,
    }
    /// Opens a procfs of the container's pid namespace, mounted nowhere: for labels and sysctls.
    22 OpenProc {}
    /// Mounts a new file system (`fsopen`, `fsconfig`, `fsmount`, `move_mount`); makes the target if it is missing.
    23 MountFs {
        target: Text,
        fstype: Text,
        /// `key=value` or `key`, each one fsconfig call; `source=` among them. A tmpfs without `mode=` takes over the
        /// permission bits of the directory that it covers, if that was there.
        params: Texts,
        /// `MOUNT_ATTR_*` bits.
        attrs: U32,
        /// `MS_PRIVATE` and the like, perhaps with `MS_REC`; 0 leaves the mount as it is.
        propagation: U32,
        /// Copies what the target directory holds into the new file system first (tmpfs).
        copy_up: Flag,
    }
    /// Binds a file or directory of the host (`open_tree`, `mount_setattr`, `move_mount`); makes the target if missing.
    24 MountBind {
        target: Text,
        /// Absolute path on the host; ignored when `fd` names a tree.
        source: Text,
        /// Index among the plan's descriptors of a detached tree that the host opened; -1 when the init opens `source`.
        fd: I32,
        /// Takes the mounts below the source along (`rbind`).
        recursive: Flag,
        /// `MOUNT_ATTR_*` bits to set and to clear on the mount itself.
        set: U32,
        clear: U32,
        /// `MOUNT_ATTR_*` bits to set and to clear on it and all mounts below.
        recursive_set: U32,
        recursive_clear: U32,
        /// `MS_PRIVATE` and the like, perhaps with `MS_REC`; 0 leaves the mount as it is.
        propagation: U32,
    }
    /// Changes a mount that is there already (`mount_setattr(2)`): remounts, late read-only, further propagation.
    25 SetMountAttr {
        path: Text,
        set: U32,
        clear: U32,
        propagation: U32,
        recursive: Flag,
    }
    /// Makes a symbolic link; one that is there already stays, with `replace` whatever is there is removed first.
    26 Symlink {
        path: Text,
        target: Text,
        replace: Flag,
    }
    /// mknod(2), then owner and mode; a node of the same kind and number that is there already is kept.
    27 MakeDevice {
        path: Text,
        /// `S_IFCHR`, `S_IFBLK` or `S_IFIFO`.
        kind: U32,
        major: U32,
        minor: U32,
        /// Permission bits, exact whatever the umask.
        mode: U32,
        uid: U32,
        gid: U32,
    }
    /// Runs a hook inside the container's namespaces, the state on its standard input.
    28 Hook {
        /// Absolute path, resolved in the mount namespace as it is at this point.
        path: Text,
        args: Texts,
        env: Texts,
        /// The state document before and after the pid, which only the init knows.
        state_head: Text,
        state_tail: Text,
        /// Milliseconds; 0 waits for ever.
        timeout_ms: U32,
    }
    /// Makes the root file system the root: `pivot_root(2)`, then the old root is detached.
    29 PivotRoot {}
    /// Makes the root file system the root without a pivot (`--no-pivot`): moves it onto `/`, then `chroot(2)`.
    30 MoveRoot {}
    /// Makes a directory and its missing ancestors, mode 0755; one that is there stays as it is.
    31 MakeDirectory { path: Text }
    /// In place of `OpenRoot` where the container shares the mount namespace of its caller: opens the root file system as it is.
    32 OpenSharedRoot {
        /// Absolute path on the host.
        source: Text,
    }
    /// chroot(2) into what `OpenSharedRoot` opened.
    33 ChangeRoot {}

    // --- The machine as the container sees it ---------------------------------------------------------------------

    /// Makes a terminal in the container's devpts, makes it the controlling terminal and standard input, output and error,
    /// and sends the other end to the host.
    40 Console {
        /// Binds it on /dev/console.
        bind: Flag,
        /// Characters; 0 leaves the size unset.
        width: U32,
        height: U32,
        /// The owner, user id of the container.
        uid: U32,
    }
    /// sethostname(2).
    41 Hostname { name: Text }
    /// setdomainname(2).
    42 Domainname { name: Text }
    /// Writes a file of the procfs that `OpenProc` opened: sysctls and labels.
    43 WriteProc {
        /// Relative to the root of procfs.
        path: Text,
        text: Text,
    }
    /// Makes a path read-only, with everything mounted below; a missing path is no error.
    44 ReadonlyPath { path: Text }
    /// Hides a path: a directory behind an empty read-only tmpfs, a file behind /dev/null; a missing path is no error.
    45 MaskPath {
        path: Text,
        /// SELinux mount label for the tmpfs; empty for none.
        label: Text,
    }
    /// Writes a file of the host's procfs, which a `HostProc` descriptor is, and closes that: labels of an init that joined.
    46 WriteHostProc {
        /// Index among the plan's descriptors.
        fd: U32,
        /// Relative to the root of procfs.
        path: Text,
        text: Text,
    }

    // --- The process ----------------------------------------------------------------------------------------------

    /// setrlimit(2).
    60 Rlimit { resource: U32, soft: U64, hard: U64 }
    /// prctl(2), `PR_SET_NO_NEW_PRIVS`.
    61 NoNewPrivileges {}
    /// sched_setattr(2).
    62 Scheduler {
        policy: U32,
        nice: I32,
        priority: U32,
        /// `SCHED_FLAG_*` bits.
        flags: U64,
        /// Nanoseconds, all three.
        runtime: U64,
        deadline: U64,
        period: U64,
    }
    /// ioprio_set(2).
    63 IoPriority {
        /// Class << 13 | priority.
        value: U32,
    }
    /// personality(2).
    64 Personality { persona: U32 }
    /// set_mempolicy(2).
    65 MemoryPolicy {
        /// `MPOL_*`, with its flags.
        mode: U32,
        /// Bit mask of the nodes, little endian, a multiple of eight bytes.
        nodes: Bytes,
    }
    /// sched_setaffinity(2).
    66 CpuAffinity {
        /// Bit mask of the CPUs, little endian, a multiple of eight bytes; empty for all that there can be, and then a
        /// refusal is no failure.
        cpus: Bytes,
    }
    /// Marks every descriptor from `from` on close-on-exec (`close_range(2)`).
    67 CloseOnExec { from: U32 }
    /// Installs a seccomp filter.
    68 Seccomp {
        /// What the compiler of native/seccomp takes; the host side compiles it and leaves this empty on the wire.
        profile: Text,
        /// `struct sock_filter[]`; empty until the host side has compiled the profile.
        filter: Bytes,
        /// `SECCOMP_FILTER_FLAG_*` bits.
        flags: U32,
        /// Some rule asks for a listener: the host fetches its descriptor.
        notify: Flag,
    }
    /// User, groups and the five capability sets, in the order the kernel wants (`capabilities(7)`).
    69 Credentials {
        uid: U32,
        gid: U32,
        groups: U32s,
        /// Leaves the supplementary groups alone (where setgroups(2) is denied).
        keep_groups: Flag,
        /// Bit sets, one bit a capability.
        bounding: U64,
        permitted: U64,
        effective: U64,
        inheritable: U64,
        ambient: U64,
    }
    /// umask(2).
    70 Umask { mask: U32 }
    /// What `TryChangeDir` left: chdir(2), then its check.
    71 ChangeDir { path: Text }
    /// Looks `HOME` up in the container's /etc/passwd for an environment without one.
    72 FindHome { uid: U32 }
    /// Finds the program: `name` as it is when it holds a slash, else in each directory of `search`.
    73 ResolveProgram {
        name: Text,
        /// The container's `PATH`.
        search: Text,
    }
    /// Makes these signals end the init, which has no handlers: the kernel keeps them from the first process of a pid namespace
    /// otherwise. execve(2) undoes it.
    81 ExitOnSignals { signals: U32s }
    /// Tells the host that everything is set up, and waits until it says to go on.
    74 Ready {}
    /// Waits for `start`: reads one byte from the fifo `go`. From now on failures are reported over the fifo `result`, whose
    /// end of file means that the program was executed. Needs no system call but read(2): a filter is in force by now.
    75 WaitStart {
        /// Indexes among the plan's descriptors.
        go: U32,
        result: U32,
    }
    /// execve(2) of the program found.
    76 Exec { args: Texts, env: Texts }
    /// fchown(2) of standard input, output and error, which came from outside: all but what is the user's already, /dev/null,
    /// and what cannot be given away (`EINVAL`, `EPERM`, `EROFS`).
    77 OwnStdio { uid: U32 }
    /// chdir(2) as root, into a directory that perhaps only root may enter, then a check that it is beneath the root
    /// (CVE-2024-21626), before a filter could deny getcwd(2). `EACCES` is left to `ChangeDir` as the user (a directory on a
    /// network file system that perhaps only the user may enter).
    78 TryChangeDir { path: Text }
    /// Gives each of standard input, output and error that is the host's null device the container's instead, if it has one: else
    /// a program could change the owner of the host's, and CRIU could not write it down.
    80 ReopenNull {}
    /// Puts a descriptor of the plan at a number that is free (`EEXIST`), where the program finds it.
    79 KeepFd {
        /// Index among the plan's descriptors.
        fd: U32,
        number: U32,
    }
}
