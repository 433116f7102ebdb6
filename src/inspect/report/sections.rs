//! The sections of the page, in their order.

use super::gather::{LISTED_MAX, Report};
use super::html::{Html, grouped};
use super::talks;
use super::times::Column;
use crate::inspect::report::outcomes::Outcomes;

/// Mailboxes that are listed.
const MAILBOXES_MAX: usize = 100;

/// From when to when.
pub(super) fn span(report: &Report, html: &mut Html) {
    html.raw("<p>");
    match report.days.span() {
        Some((first, last)) => html
            .raw("Mail received from ")
            .raw(&first.to_string())
            .raw(" to ")
            .raw(&last.to_string())
            .raw(" (UTC)"),
        None => html.raw("No message has a received time"),
    };
    html.raw("</p>\n");
}

pub(super) fn begin(html: &mut Html, id: &str, title: &str) {
    html.raw("<section id=\"")
        .raw(id)
        .raw("\">\n<h2>")
        .raw(title)
        .raw("</h2>\n");
}

pub(super) fn end(html: &mut Html) {
    html.raw("</section>\n");
}

pub(super) fn note(html: &mut Html, text: &str) {
    html.raw("<p class=\"note\">").text(text).raw("</p>\n");
}

/// A button that sets a filter of the table.
pub(super) fn filter(html: &mut Html, what: &str, value: &str, shown: &str) {
    html.raw("<button type=\"button\" class=\"link\" data-")
        .raw(what)
        .raw("=\"")
        .text(value)
        .raw("\"><bdi>")
        .text(shown)
        .raw("</bdi></button>");
}

/// A button that shows a decision, where the table has it; else plain text.
pub(super) fn decision(report: &Report, html: &mut Html, activity: &str, shown: &str) {
    match report.place(activity) {
        Some(place) => filter(html, "row", &place.to_string(), shown),
        None => {
            html.raw("<bdi>").text(shown).raw("</bdi>");
        }
    }
}

/// The totals.
pub(super) fn totals(report: &Report, html: &mut Html) {
    html.raw("<section id=\"totals\" aria-label=\"Totals\">\n");
    let created = |kind| report.created_counts.get(kind).copied().unwrap_or(0);
    let cards = [
        (["decision", "decisions"], report.outcomes.total(), "", true),
        (["tracked"; 2], report.outcomes.tracked, "tracked", true),
        (["not tracked"; 2], report.outcomes.not_tracked, "not", true),
        (
            ["duplicate", "duplicates"],
            report.outcomes.duplicates,
            "duplicate",
            true,
        ),
        (
            ["failure", "failures"],
            report.failure_count,
            "failure",
            true,
        ),
        (
            ["contact created", "contacts created"],
            created("contact"),
            "",
            false,
        ),
        (
            ["lead created", "leads created"],
            created("lead"),
            "",
            false,
        ),
        (["sent"; 2], report.sent, "", false),
    ];
    for ([one, many], count, class, always) in cards {
        if always || count > 0 {
            html.raw("<div class=\"card ")
                .raw(class)
                .raw("\"><b>")
                .number(count)
                .raw("</b> ")
                .raw(if count == 1 { one } else { many })
                .raw("</div>\n");
        }
    }
    html.raw("</section>\n");
}

/// Tracked and not, by reason.
pub(super) fn reasons(report: &Report, html: &mut Html) {
    begin(html, "reasons", "Why");
    let most = report.reasons.values().copied().max().unwrap_or(0);
    let mut sorted: Vec<_> = report.reasons.iter().collect();
    sorted.sort_by_key(|&(reason, count)| (!reason.is_tracked(), std::cmp::Reverse(*count)));
    html.raw("<table class=\"bars\">\n");
    for (reason, &count) in sorted {
        let class = if reason.is_tracked() {
            "tracked"
        } else {
            "not"
        };
        let name = reason.to_string();
        html.raw("<tr><th scope=\"row\">");
        filter(html, "reason", &name, &name);
        html.raw("<small>")
            .text(reason.words())
            .raw("</small></th><td class=\"n\">")
            .number(count)
            .raw("</td><td class=\"bar\"><i class=\"")
            .raw(class)
            .raw("\" style=\"width:")
            .percent(count, most)
            .raw("\"></i></td></tr>\n");
    }
    html.raw("</table>\n");
    end(html);
}

/// Messages over time.
pub(super) fn over_time(report: &Report, html: &mut Html) {
    let columns = report.days.columns();
    begin(html, "over-time", "Over time");
    let highest = columns.columns.iter().map(|it| it.outcomes.total()).max();
    html.raw("<p class=\"key\"><i class=\"tracked\"></i> tracked <i class=\"not\"></i> not tracked <i class=\"duplicate\"></i> duplicates; the highest column has ")
        .number(highest.unwrap_or(0))
        .raw("</p>\n<div class=\"columns\">\n");
    for column in &columns.columns {
        one_column(html, column, highest.unwrap_or(0));
    }
    html.raw("</div>\n");
    if let (Some(first), Some(last)) = (columns.columns.first(), columns.columns.last()) {
        html.raw("<p class=\"ends\"><span>")
            .raw(&first.label)
            .raw("</span><span>")
            .raw(&last.label)
            .raw("</span></p>\n");
    }
    let beside = [
        (columns.before, "earlier"),
        (columns.after, "later"),
        (report.days.undated.total(), "without a received time"),
    ];
    let told: Vec<String> = beside
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", grouped(*count)))
        .collect();
    if !told.is_empty() {
        note(html, &format!("Beside these: {}.", told.join(", ")));
    }
    end(html);
}

fn one_column(html: &mut Html, column: &Column, highest: u64) {
    let Outcomes {
        tracked,
        not_tracked,
        duplicates,
    } = column.outcomes;
    let words = format!(
        "{}: {} tracked, {} not tracked, {} {}",
        column.label,
        grouped(tracked),
        grouped(not_tracked),
        grouped(duplicates),
        if duplicates == 1 {
            "duplicate"
        } else {
            "duplicates"
        }
    );
    html.raw("<button type=\"button\" data-from=\"")
        .raw(&column.first.to_string())
        .raw("\" data-to=\"")
        .raw(&column.last.to_string())
        .raw("\" title=\"")
        .raw(&words)
        .raw("\" aria-label=\"")
        .raw(&words)
        .raw("\">");
    for (count, class) in [
        (duplicates, "duplicate"),
        (not_tracked, "not"),
        (tracked, "tracked"),
    ] {
        if count > 0 {
            html.raw("<i class=\"")
                .raw(class)
                .raw("\" style=\"height:")
                .percent(count, highest)
                .raw("\"></i>");
        }
    }
    html.raw("</button>\n");
}

/// Tracked and not, by mailbox; nothing where there is one without a name.
pub(super) fn mailboxes(report: &Report, html: &mut Html) {
    let mut all: Vec<_> = report
        .by_mailbox
        .iter()
        .map(|(&mailbox, outcomes)| (report.mailboxes.text(mailbox), outcomes))
        .collect();
    if all.iter().all(|(path, _)| path.is_empty()) {
        return;
    }
    all.sort_by_key(|&(path, outcomes)| (std::cmp::Reverse(outcomes.total()), path));
    begin(html, "mailboxes", "By mailbox");
    html.raw("<div class=\"wide\"><table>\n<tr><th>Mailbox</th><th class=\"n\">Messages</th><th class=\"n\">Tracked</th><th class=\"n\">Not</th><th class=\"n\">Duplicates</th></tr>\n");
    for (path, outcomes) in all.iter().take(MAILBOXES_MAX) {
        html.raw("<tr><td>");
        filter(html, "mailbox", path, mailbox_words(path));
        for count in [
            outcomes.total(),
            outcomes.tracked,
            outcomes.not_tracked,
            outcomes.duplicates,
        ] {
            html.raw("</td><td class=\"n\">").number(count);
        }
        html.raw("</td></tr>\n");
    }
    html.raw("</table></div>\n");
    and_more(html, all.len(), MAILBOXES_MAX, "mailboxes");
    end(html);
}

fn mailbox_words(path: &str) -> &str {
    if path.is_empty() {
        "(all other mail)"
    } else {
        path
    }
}

pub(super) fn and_more(html: &mut Html, all: usize, shown: usize, what: &str) {
    if all > shown {
        let more = grouped((all - shown) as u64);
        note(html, &format!("... and {more} more {what}."));
    }
}

/// Conversations by length.
pub(super) fn talks(report: &Report, html: &mut Html) {
    begin(html, "conversations", "Conversations by length");
    let lengths = talks::lengths(&report.talks);
    if lengths.is_empty() {
        note(html, "None: nothing is tracked.");
        return end(html);
    }
    let most = lengths.iter().map(|it| it.talks).max().unwrap_or(0);
    html.raw("<table class=\"bars\">\n");
    for it in &lengths {
        let word = if it.label == "1" {
            " message"
        } else {
            " messages"
        };
        html.raw("<tr><th scope=\"row\">")
            .raw(&it.label)
            .raw(word)
            .raw("</th><td class=\"n\">")
            .number(it.talks)
            .raw("</td><td class=\"bar\"><i class=\"tracked\" style=\"width:")
            .percent(it.talks, most)
            .raw("\"></i></td></tr>\n");
    }
    html.raw("</table>\n");
    let longest = talks::longest(&report.talks);
    if !longest.is_empty() {
        html.raw("<details><summary>The longest</summary>\n<div class=\"wide\"><table>\n<tr><th>Begins with</th><th class=\"n\">Messages</th><th>Last</th></tr>\n");
        for talk in longest {
            html.raw("<tr><td>");
            let subject = talk.subject.as_deref().filter(|it| !it.trim().is_empty());
            decision(report, html, &talk.first, subject.unwrap_or("(no subject)"));
            html.raw("</td><td class=\"n\">")
                .number(talk.length as u64)
                .raw("</td><td class=\"day\">");
            if let Some(last) = talk.last {
                html.raw(&last.to_string()[..10]);
            }
            html.raw("</td></tr>\n");
        }
        html.raw("</table></div></details>\n");
    }
    end(html);
}

/// What could not be read.
pub(super) fn failures(report: &Report, html: &mut Html) {
    if report.failure_count == 0 {
        return;
    }
    begin(html, "failures", "Could not be read");
    html.raw("<div class=\"wide\"><table>\n<tr><th>Source</th><th>Why</th></tr>\n");
    for (source, error) in &report.failures {
        html.raw("<tr><td><bdi>")
            .text(source)
            .raw("</bdi></td><td><bdi>")
            .text(error)
            .raw("</bdi></td></tr>\n");
    }
    html.raw("</table></div>\n");
    let all = report.failure_count as usize;
    and_more(html, all, LISTED_MAX, "lines, in failures.jsonl");
    end(html);
}

/// The table of decisions, which the script fills.
pub(super) fn table(report: &Report, html: &mut Html) {
    begin(html, "decisions", "Decisions");
    if report.left_out > 0 {
        let (shown, left_out) = (report.entries.len() as u64, report.left_out);
        note(
            html,
            &format!(
                "The last {} stand here; {} earlier ones are counted above, and are in decisions.jsonl (--rows takes more).",
                grouped(shown),
                grouped(left_out)
            ),
        );
    }
    html.raw(include_str!("table.html"));
    end(html);
}
