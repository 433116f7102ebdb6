//! A comparison as text.

use super::differences::{Comparison, Counts, SideCounts};
use super::side_text::Difference;
use crate::base::terminal::counted;

/// Maximum number of differences per group that the text lists.
const EXAMPLES_MAX: usize = 5;

/// Returns the lines of a comparison of the options files `names`; `failures` messages or files could not be read.
pub(crate) fn lines(
    comparison: &Comparison<'_>,
    names: &[String; 2],
    failures: u64,
) -> Vec<String> {
    let counts = comparison.counts();
    let mut lines = Vec::new();
    for (letter, name, side) in [("A", &names[0], &counts.a), ("B", &names[1], &counts.b)] {
        lines.push(format!("{letter} is {name}: {}", side_words(side)));
    }
    lines.push(alike_words(&counts));
    if failures > 0 {
        let count = counted(failures, "message or file", "messages or files");
        lines.push(format!("{count} could not be read"));
    }
    for (group, count) in counts.differences.iter().filter(|(_, count)| *count > 0) {
        lines.push(String::new());
        lines.push(format!("{count:>6}  {}", group.words()));
        lines.extend(
            comparison
                .of(*group)
                .take(EXAMPLES_MAX)
                .flat_map(|it| example(&it)),
        );
        let more = count.saturating_sub(EXAMPLES_MAX as u64);
        if more > 0 {
            lines.push(format!("        ... and {more} more, with --json"));
        }
    }
    lines
}

fn example(difference: &Difference<'_>) -> [String; 3] {
    let about = difference.about.unwrap_or("(no subject)");
    [
        format!("        {}: {about}", difference.source),
        format!("            A  {}", difference.a),
        format!("            B  {}", difference.b),
    ]
}

fn side_words(side: &SideCounts) -> String {
    format!(
        "{} tracked, {} created",
        counted(side.tracked, "message", "messages"),
        counted(side.created, "record", "records")
    )
}

fn alike_words(counts: &Counts) -> String {
    let messages = counted(counts.messages, "message", "messages");
    match counts.messages - counts.alike {
        0 => format!("no difference: {messages}, all decided and linked the same way"),
        other => format!(
            "{messages}: {} decided and linked the same way, {other} differently",
            counts.alike
        ),
    }
}
