//! Why an init died that reported nothing.

use trunc_plan::host_ops::{HostOp, Plan};

use crate::spawn::Exit;

/// What to tell about an end that nobody asked for.
#[must_use]
pub fn explain(exit: Exit, plan: &Plan) -> String {
    match exit {
        Exit::Signal(9) if was_out_of_memory(plan) => {
            "container init was OOM-killed (memory limit too low?)".to_owned()
        }
        Exit::Signal(signal) => format!("container init was killed by signal {signal}"),
        Exit::Code(2) => {
            "container init exited with status 2: it has no control socket (fcntl), or a defect"
                .to_owned()
        }
        Exit::Code(code) => format!("container init exited with status {code}"),
    }
}

/// Whether the kernel killed something for want of memory in a cgroup that the plan makes.
fn was_out_of_memory(plan: &Plan) -> bool {
    let made = plan
        .before
        .iter()
        .chain(&plan.after)
        .filter_map(|op| match op {
            HostOp::MakeCgroup { root, path, .. } => Some(format!("{root}{path}")),
            _ => None,
        });
    let into = &plan.sandbox.into_cgroup;
    let into = (!into.is_empty()).then(|| into.clone());
    made.chain(into).any(|cgroup| {
        // v2, then v1: both have a line "oom_kill N".
        ["memory.events", "memory.oom_control"].iter().any(|file| {
            std::fs::read_to_string(format!("{cgroup}/{file}"))
                .is_ok_and(|text| oom_kills(&text) > 0)
        })
    })
}

fn oom_kills(text: &str) -> u64 {
    text.lines()
        .find_map(|line| line.strip_prefix("oom_kill "))
        .and_then(|count| count.trim().parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::oom_kills;

    #[test]
    fn oom_kills_reads_both_formats() {
        assert_eq!(oom_kills("low 0\nhigh 0\nmax 7\noom 1\noom_kill 2\n"), 2);
        assert_eq!(
            oom_kills("oom_kill_disable 1\nunder_oom 0\noom_kill 0\n"),
            0
        );
        assert_eq!(oom_kills("oom_kill_disable 1\n"), 0);
    }
}
