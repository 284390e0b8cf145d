//! The operations: one match, no logic. Each file holds one family.

pub mod console;
pub mod copy_up;
pub mod credentials;
pub mod devices;
pub mod hide;
pub mod hook;
pub mod mounts;
pub mod procfs;
pub mod program;
pub mod rootfs;
pub mod settings;
pub mod state;
pub mod stdio;
pub mod sync;

use crate::failure::{During, Failure};
use crate::namespaces;
use core::ffi::CStr;
pub use state::Init;
use trunc_plan::init_ops::view::InitOp;

/// Runs one operation. `index` is its place in the plan, for reports.
pub fn execute(init: &mut Init, op: InitOp<'_>, index: usize) -> Result<(), Failure> {
    match op {
        InitOp::Barrier { report } => sync::barrier(init, report, index),
        InitOp::Unshare { flags } => {
            trunc_sys::process::unshare_namespaces(flags).during("unshare")
        }
        InitOp::TimeOffsets { offsets } => namespaces::time_offsets(offsets),
        InitOp::BecomeRoot {} => credentials::become_root(),
        InitOp::ProbeGroups {} => {
            init.groups_denied = !trunc_sys::credentials::may_set_groups();
            Ok(())
        }
        InitOp::JoinKeyring { name } => settings::join_keyring(name),
        InitOp::NewSession {} => settings::new_session(),
        InitOp::LinkUp { name } => settings::link_up(name),
        InitOp::JoinCgroup { path } => settings::join_cgroup(path),
        InitOp::HostPropagation { propagation } => rootfs::host_propagation(init, propagation),
        InitOp::OpenRoot { source } => rootfs::open_root(init, source),
        InitOp::OpenProc {} => procfs::open_proc(init),
        InitOp::MountFs {
            target,
            fstype,
            params,
            attrs,
            propagation,
            copy_up,
        } => {
            let mount = mounts::NewMount {
                target,
                fstype,
                params,
                attrs,
                propagation,
                copy_up,
            };
            mounts::mount_fs(init, &mount)
        }
        InitOp::MountBind {
            target,
            source,
            fd,
            recursive,
            set,
            clear,
            recursive_set,
            recursive_clear,
            propagation,
        } => {
            let change = mounts::Change {
                set,
                clear,
                recursive_set,
                recursive_clear,
                propagation,
            };
            mounts::mount_bind(
                init,
                &mounts::Bind {
                    target,
                    source,
                    fd,
                    recursive,
                    change,
                },
            )
        }
        InitOp::SetMountAttr {
            path,
            set,
            clear,
            propagation,
            recursive,
        } => mounts::set_mount_attr(init, path, set, clear, propagation, recursive),
        InitOp::Symlink {
            path,
            target,
            replace,
        } => devices::symlink(init, path, target, replace),
        InitOp::MakeDevice {
            path,
            kind,
            major,
            minor,
            mode,
            uid,
            gid,
        } => devices::make_device(
            init,
            &devices::Device {
                path,
                kind,
                major,
                minor,
                mode,
                uid,
                gid,
            },
        ),
        InitOp::Hook {
            path,
            args,
            env,
            state_head,
            state_tail,
            timeout_ms,
        } => hook::run(
            init,
            &hook::Hook {
                path,
                args,
                env,
                state_head,
                state_tail,
                timeout_ms,
            },
        ),
        InitOp::MakeDirectory { path } => rootfs::make_directory(init, path),
        InitOp::OpenSharedRoot { source } => rootfs::open_shared_root(init, source),
        InitOp::ChangeRoot {} => rootfs::change_root(init),
        InitOp::PivotRoot {} => rootfs::pivot_root(init),
        InitOp::MoveRoot {} => rootfs::move_root(init),
        InitOp::Console {
            bind,
            width,
            height,
            uid,
        } => console::console(
            init,
            &console::Terminal {
                bind,
                width,
                height,
                uid,
            },
            index,
        ),
        InitOp::Hostname { name } => {
            rustix::system::sethostname(name.to_bytes()).during("sethostname")
        }
        InitOp::Domainname { name } => {
            rustix::system::setdomainname(name.to_bytes()).during("setdomainname")
        }
        InitOp::WriteProc { path, text } => procfs::write_proc(init, path, text),
        InitOp::WriteHostProc { fd, path, text } => procfs::write_host_proc(init, fd, path, text),
        InitOp::ReadonlyPath { path } => hide::readonly_path(init, path),
        InitOp::MaskPath { path, label } => hide::mask_path(init, path, label),
        InitOp::Rlimit {
            resource,
            soft,
            hard,
        } => trunc_sys::process::set_limit(resource, soft, hard).during("prlimit"),
        InitOp::NoNewPrivileges {} => settings::no_new_privileges(),
        InitOp::Scheduler {
            policy,
            nice,
            priority,
            flags,
            runtime,
            deadline,
            period,
        } => settings::scheduler(policy, nice, priority, flags, [runtime, deadline, period]),
        InitOp::IoPriority { value } => {
            trunc_sys::scheduling::set_io_priority(value).during("ioprio_set")
        }
        InitOp::Personality { persona } => {
            trunc_sys::scheduling::set_personality(persona).during("personality")
        }
        InitOp::MemoryPolicy { mode, nodes } => {
            trunc_sys::scheduling::set_memory_policy(mode, nodes).during("set_mempolicy")
        }
        InitOp::CpuAffinity { cpus } => settings::affinity(cpus),
        InitOp::CloseOnExec { from } => {
            trunc_sys::descriptors::close_on_exec_from(from).during("close_range")
        }
        InitOp::Seccomp {
            profile: _,
            filter,
            flags,
            notify,
        } => sync::seccomp(init, filter, flags, notify, index),
        InitOp::Credentials {
            uid,
            gid,
            groups,
            keep_groups,
            bounding,
            permitted,
            effective,
            inheritable,
            ambient,
        } => {
            let user = credentials::User {
                uid,
                gid,
                groups,
                // with groups to set, the kernel says why that can't be
                keep_groups: keep_groups || (init.groups_denied && groups.is_empty()),
            };
            let sets = trunc_sys::credentials::CapabilitySets {
                effective,
                permitted,
                inheritable,
            };
            credentials::set(user, bounding, sets, ambient)
        }
        InitOp::Umask { mask } => settings::umask(mask),
        InitOp::OwnStdio { uid } => stdio::own_stdio(uid),
        InitOp::TryChangeDir { path } => program::try_change_directory(init, path),
        InitOp::ChangeDir { path } => program::change_directory(init, path),
        InitOp::FindHome { uid } => program::find_home(init, uid),
        InitOp::ResolveProgram { name, search } => program::resolve(init, name, search),
        InitOp::ExitOnSignals { signals } => settings::exit_on_signals(signals),
        InitOp::Ready {} => sync::ready(init, index),
        InitOp::WaitStart { go, result } => sync::wait_start(init, go, result),
        InitOp::ReopenNull {} => stdio::reopen_null(init),
        InitOp::KeepFd { fd, number } => stdio::keep_fd(init, fd, number),
        InitOp::Exec { args, env } => Err(program::execute(init, args, env)),
    }
}

/// An empty text is no text.
pub fn given(text: &CStr) -> Option<&CStr> {
    (!text.is_empty()).then_some(text)
}
