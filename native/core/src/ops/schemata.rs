//! The lines of resctrl's `schemata`: has a group what a config wants? Pure.
//! Source: Documentation/filesystems/resctrl.rst.

/// The first line that is wanted and not there, after what is there instead.
///
/// The kernel pads lines and values with blanks and zeros, lists all caches, and rounds bandwidth up to its `steps`.
pub fn difference<'a>(there: &'a str, wanted: &'a str, steps: u64) -> Option<(&'a str, &'a str)> {
    wanted.lines().find_map(|line| {
        let (resource, cells) = line.split_once(':').unwrap_or((line, ""));
        let has = line_of(there, resource);
        let is_there = !cells.is_empty()
            && cells.split(';').all(|cell| {
                let (_, values) = has.split_once(':').unwrap_or_default();
                has_cell(values, cell, resource, steps)
            });
        (!is_there).then_some((has, line))
    })
}

/// The line of a resource, empty where there is none.
fn line_of<'a>(schemata: &'a str, resource: &str) -> &'a str {
    schemata
        .lines()
        .map(str::trim)
        .find(|line| {
            line.split_once(':')
                .is_some_and(|(name, _)| name == resource)
        })
        .unwrap_or_default()
}

/// Whether `0=00f;1=7ff` has `0=f`.
fn has_cell(values: &str, cell: &str, resource: &str, steps: u64) -> bool {
    let Some((cache, wanted)) = cell.split_once('=') else {
        return false;
    };
    values.split(';').any(|have| {
        have.split_once('=').is_some_and(|(id, value)| {
            id.trim() == cache.trim() && is_same(resource, value.trim(), wanted.trim(), steps)
        })
    })
}

fn is_same(resource: &str, has: &str, wanted: &str, steps: u64) -> bool {
    let bare = |text: &str| text.trim_start_matches('0').to_ascii_lowercase();
    if bare(has) == bare(wanted) {
        return true;
    }
    let rounded = || {
        let count = wanted.parse::<u64>().ok()?.div_ceil(steps.max(1));
        count.checked_mul(steps)
    };
    resource == "MB" && rounded().is_some_and(|value| has.parse() == Ok(value))
}

#[cfg(test)]
mod tests {
    use super::difference;

    const THERE: &str = "    MB:0= 30;1=100\n    L3:0=00f;1=7ff\nL3CODE:0=1\n";

    #[test]
    fn difference_takes_values_for_texts() {
        for same in [
            "L3:0=f",
            "L3:0=0F;1=7ff",
            "L3:1=7ff;0=f",
            "MB:1=100",
            "MB:1=95",
            "MB:0=30;1=91",
            "L3CODE:0=1\nL3:0=f",
        ] {
            assert_eq!(difference(THERE, same, 10), None, "{same}");
        }
    }

    #[test]
    fn difference_finds_what_is_not_there() {
        for (wanted, has) in [
            ("L3:0=ff", "L3:0=00f;1=7ff"),
            ("L3:2=f", "L3:0=00f;1=7ff"),
            ("L3:", "L3:0=00f;1=7ff"),
            ("L2:0=f", ""),
            ("L", ""),
            ("MB:1=85", "MB:0= 30;1=100"),
        ] {
            assert_eq!(difference(THERE, wanted, 10), Some((has, wanted)));
        }
        assert_eq!(
            difference(THERE, "L3:0=f\nMB:1=99", 1),
            Some(("MB:0= 30;1=100", "MB:1=99"))
        );
    }
}
