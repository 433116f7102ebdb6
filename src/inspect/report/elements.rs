//! Elements that several sections share.
//!
//! Templates escape every text. [`visible`] is applied to all of them together, so no section can forget it.

use maud::{Markup, PreEscaped, html};

use super::model::Report;
use crate::base::terminal::plain;

/// Shows control characters and direction overrides as U+FFFD, so that no text can make the page look like another.
///
/// The templates themselves have none of these characters, not even a line break; any of them comes from mail, records
/// or paths.
pub(super) fn visible(markup: &Markup) -> Markup {
    PreEscaped(plain(&markup.0).into_owned())
}

/// Returns a section with its heading.
pub(super) fn section(id: &str, title: &str, content: Markup) -> Markup {
    html! {
        section id=(id) {
            h2 { (title) }
            (content)
        }
    }
}

/// Returns a note, in place of a table or beside it.
pub(super) fn note(text: &str) -> Markup {
    html! { p.note { (text) } }
}

/// Returns a note on how many items a list leaves out, if any. `noun` is the noun for one and for several; `files`
/// names the files that list all.
pub(super) fn more(all: usize, shown: usize, noun: [&str; 2], files: Option<&str>) -> Markup {
    let left_out = all.saturating_sub(shown) as u64;
    let [one, several] = noun.map(|noun| format!("more {noun}"));
    let count = counted(left_out, &one, &several);
    html! {
        @if left_out > 0 {
            @match files {
                Some(files) => (note(&format!("Not shown: {count}. All are in {files}."))),
                None => (note(&format!("Not shown: {count}."))),
            }
        }
    }
}

/// The result of a click on a link.
#[derive(Clone, Copy)]
pub(super) enum Target<'a> {
    /// A row of the table of decisions, in a dialog.
    Row(u32),
    /// The decisions with this reason.
    Reason(&'a str),
    /// The decisions on mail of the mailbox with this id.
    Mailbox(u32),
    /// The decisions on mail from this address.
    Sender(&'a str),
}

/// Returns a button that looks like a link; the script reads its target from the `data-` attribute.
pub(super) fn link(target: Target<'_>, text: &str) -> Markup {
    let content = html! { bdi { (text) } };
    match target {
        Target::Row(row) => html! { button.link type="button" data-row=(row) { (content) } },
        Target::Reason(name) => {
            html! { button.link type="button" data-reason=(name) { (content) } }
        }
        Target::Mailbox(id) => html! { button.link type="button" data-mailbox=(id) { (content) } },
        Target::Sender(address) => {
            html! { button.link type="button" data-sender=(address) { (content) } }
        }
    }
}

/// Returns a link to the decision that made an activity, or only the text if the table does not have the decision.
pub(super) fn decision_link(report: &Report, activity: &str, text: &str) -> Markup {
    match report.row(activity) {
        Some(row) => link(Target::Row(row), text),
        None => html! { bdi { (text) } },
    }
}

/// Returns a row of a bar chart: its label, its count, and a bar in proportion to the longest.
pub(super) fn bar(label: Markup, count: u64, longest: u64, class: &str) -> Markup {
    html! {
        tr {
            th scope="row" { (label) }
            td.n { (grouped(count)) }
            td.bar { i class=(class) style={ "width:" (percent(count, longest)) } {} }
        }
    }
}

/// Returns a share of a whole as a CSS percentage.
pub(super) fn percent(share: u64, whole: u64) -> String {
    format!("{:.2}%", share as f64 * 100.0 / whole.max(1) as f64)
}

/// Returns a count with its noun.
pub(super) fn counted(count: u64, one: &str, several: &str) -> String {
    let noun = if count == 1 { one } else { several };
    format!("{} {noun}", grouped(count))
}

/// Returns a number with commas between its thousands.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Target, counted, grouped, link, more, visible};

    #[test]
    fn text_is_never_markup() {
        let hostile = "<b a=\"1\" c='2'>&amp;\u{202e}\0\u{9b}\n";
        let shown = visible(&link(Target::Sender(hostile), hostile)).into_string();
        let escaped = "&lt;b a=&quot;1&quot; c='2'&gt;&amp;amp;\u{fffd}\u{fffd}\u{fffd}\u{fffd}";
        let want = format!(
            "<button class=\"link\" type=\"button\" data-sender=\"{escaped}\"><bdi>{escaped}</bdi></button>"
        );
        assert_eq!(shown, want);
    }

    #[test]
    fn thousands_have_commas_between_them() {
        let texts = [0, 999, 1000, 1_234_567].map(grouped);
        assert_eq!(texts, ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(counted(1, "row", "rows"), "1 row");
        assert_eq!(counted(2000, "row", "rows"), "2,000 rows");
    }

    #[test]
    fn a_list_says_what_it_leaves_out() {
        for (all, shown, files, want) in [
            (3, 3, None, ""),
            (4, 3, None, "<p class=\"note\">Not shown: 1 more row.</p>"),
            (
                1003,
                3,
                Some("a.jsonl"),
                "<p class=\"note\">Not shown: 1,000 more rows. All are in a.jsonl.</p>",
            ),
        ] {
            let text = more(all, shown, ["row", "rows"], files).into_string();
            assert_eq!(text, want);
        }
    }
}
