//! Who else used the processors while something was measured.

use std::fs;

/// Ticks since the machine started, all processors together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ticks {
    all: f64,
    busy: f64,
    stolen: f64,
    own: f64,
}

impl Ticks {
    /// Nothing where there is no `/proc`.
    pub(crate) fn now() -> Option<Self> {
        let machine = fs::read_to_string("/proc/stat").ok()?;
        let own = fs::read_to_string("/proc/self/stat").ok()?;
        Self::read(&machine, &own)
    }

    fn read(machine: &str, own: &str) -> Option<Self> {
        let line = machine.lines().next()?.strip_prefix("cpu ")?;
        let ticks: Vec<f64> = numbers(line);
        // Guests are part of the first two.
        let &[user, nice, system, idle, waiting, irq, softirq, stolen, ..] = ticks.as_slice()
        else {
            return None;
        };
        let busy = user + nice + system + irq + softirq;
        // Behind the name, which may contain anything: the twelfth to fifteenth are its own and its children's.
        let (_, own) = own.rsplit_once(')')?;
        let own = own.split_whitespace().skip(11).take(4);
        Some(Self {
            all: busy + idle + waiting + stolen,
            busy,
            stolen,
            own: own.filter_map(|field| field.parse::<f64>().ok()).sum(),
        })
    }

    /// What others and the hypervisor have taken since `before`, in hundredths of all processors.
    fn since(self, before: Self) -> (f64, f64) {
        let all = (self.all - before.all).max(1.0);
        let others = (self.busy - before.busy) - (self.own - before.own);
        let share = |ticks: f64| 100.0 * ticks.max(0.0) / all;
        (share(others), share(self.stolen - before.stolen))
    }
}

/// The same in words.
pub(crate) fn since(before: Option<Ticks>) -> String {
    match (before, Ticks::now()) {
        (Some(before), Some(now)) => {
            let (others, stolen) = now.since(before);
            format!(
                "other programs took {others:.0} % of the processors meanwhile, the hypervisor {stolen:.0} %"
            )
        }
        _ => String::from("what other programs took is not known"),
    }
}

fn numbers(text: &str) -> Vec<f64> {
    let fields = text.split_whitespace();
    fields.filter_map(|field| field.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "4242 (a (strange) name) R 1 2 3 0 -1 4 5 6 7 8 100 20 30 4 20 0 1 0 99";

    #[test]
    fn what_is_busy_and_not_ours_is_the_others() {
        let machine = |user: u32, idle: u32, stolen: u32| {
            format!("cpu  {user} 0 0 {idle} 0 0 0 {stolen} 0 0\ncpu0 1 2 3\n")
        };
        let before = Ticks::read(&machine(1_000, 0, 0), OWN).unwrap();
        assert!((before.own - 154.0).abs() < 1e-9);
        let after = Ticks::read(&machine(1_100, 80, 20), &OWN.replace("100 20", "160 20")).unwrap();
        let (others, stolen) = after.since(before);
        assert!((others - 20.0).abs() < 1e-9, "{others}");
        assert!((stolen - 10.0).abs() < 1e-9, "{stolen}");
    }

    #[test]
    fn what_cannot_be_read_is_not_known() {
        assert_eq!(Ticks::read("intr 1 2", OWN), None);
        assert_eq!(Ticks::read("cpu  1 2", OWN), None);
    }
}
