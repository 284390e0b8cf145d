//! Compiles the profile texts on standard input, for the tests and the bench: each is preceded by a line with its length
//! in bytes. Prints per text the filter in hexadecimal or `error RULE MESSAGE`; with a count as argument then the median
//! and least time of so many compilations in microseconds, first the very first one.

use std::fmt::Write as _;
use std::io::Read as _;
use std::time::Instant;

#[allow(clippy::disallowed_methods)] // this program runs on the host's own libc
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rounds: usize = std::env::args().nth(1).map_or(Ok(0), |text| text.parse())?;
    let mut input = String::new();
    std::io::stdin().read_to_string(&mut input)?;
    let mut rest = input.as_str();
    while let Some((length, after)) = rest.split_once('\n') {
        let (text, next) = after.split_at(length.parse()?);
        rest = next;
        if rounds == 0 {
            print_filter(text)?
        } else {
            print_times(text, rounds)
        }
    }
    Ok(())
}

fn print_filter(text: &str) -> Result<(), std::fmt::Error> {
    match trunc_seccomp::compile(text) {
        Ok(filter) => {
            let mut hex = String::with_capacity(filter.len() * 2);
            for byte in filter {
                write!(hex, "{byte:02x}")?;
            }
            println!("{hex}");
        }
        Err(error) => println!(
            "error {} {}",
            error.rule.map_or(-1, usize::cast_signed),
            error.message
        ),
    }
    Ok(())
}

fn print_times(text: &str, rounds: usize) {
    let time = || {
        let start = Instant::now();
        let result = std::hint::black_box(trunc_seccomp::compile(std::hint::black_box(text)));
        (
            start.elapsed().as_nanos(),
            result.map_or(0, |filter| filter.len() / 8),
        )
    };
    let (first, instructions) = time();
    let mut times: Vec<u128> = (0..rounds).map(|_| time().0).collect();
    times.sort_unstable();
    let us = |ns: u128| format!("{}.{:02}", ns / 1000, ns % 1000 / 10);
    println!(
        "{instructions} {} {} {}",
        us(first),
        us(times[rounds / 2]),
        us(times[0])
    );
}
