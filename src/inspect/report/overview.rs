//! The sections that count messages: totals, reasons, messages over time, mailboxes.

use maud::{Markup, html};

use super::elements::{Target, bar, counted, grouped, link, more, note, percent, section};
use super::model::Report;
use super::outcomes::{Outcome, Outcomes};
use super::timeline::{Timeline, TimelineColumn};

/// At most this many mailboxes are listed.
const MAILBOXES_MAX: usize = 100;

/// Returns the time span of the mail.
pub(super) fn span(report: &Report) -> Markup {
    html! {
        p {
            @match report.days.span() {
                Some((first, last)) => {
                    "Mail received from " (first.to_string()) " to " (last.to_string()) " (UTC)"
                }
                None => "No message has a received time",
            }
        }
    }
}

/// Returns the totals, one card each.
pub(super) fn totals(report: &Report) -> Markup {
    let outcomes = &report.outcomes;
    let created = |kind| report.created_counts.get(kind).copied().unwrap_or(0);
    html! {
        section #totals aria-label="Totals" {
            (card(outcomes.total(), ["decision", "decisions"], ""))
            (card(outcomes.tracked, ["tracked"; 2], Outcome::Tracked.class()))
            (card(outcomes.not_tracked, ["not tracked"; 2], Outcome::NotTracked.class()))
            (card(outcomes.duplicates, ["duplicate", "duplicates"], Outcome::Duplicate.class()))
            (card(report.failure_count, ["failure", "failures"], "failure"))
            @for (count, noun) in [
                (created("contact"), ["contact created", "contacts created"]),
                (created("lead"), ["lead created", "leads created"]),
                (report.sent, ["sent"; 2]),
            ] {
                @if count > 0 { (card(count, noun, "")) }
            }
        }
    }
}

fn card(count: u64, [one, several]: [&str; 2], class: &str) -> Markup {
    html! {
        div.card.(class) {
            b { (grouped(count)) }
            " " (if count == 1 { one } else { several })
        }
    }
}

/// Returns the decisions by reason, those that track first.
pub(super) fn reasons(report: &Report) -> Markup {
    let most = report.reasons.values().copied().max().unwrap_or(0);
    let mut sorted: Vec<_> = report.reasons.iter().collect();
    sorted.sort_by_key(|&(reason, count)| (!reason.is_tracked(), std::cmp::Reverse(*count)));
    let rows = html! {
        table.bars {
            @for (&reason, &count) in sorted {
                @let name = reason.to_string();
                @let label = html! {
                    (link(Target::Reason(&name), &name))
                    small { (reason.words()) }
                };
                (bar(label, count, most, Outcome::of(reason).class()))
            }
        }
    };
    section("reasons", "Reasons", rows)
}

/// Returns the messages over time.
pub(super) fn over_time(report: &Report) -> Markup {
    let timeline = report.days.timeline();
    let columns = &timeline.columns;
    let totals = columns.iter().map(|it| it.outcomes.total());
    let highest = totals.max().unwrap_or(0);
    let chart = html! {
        p.key {
            i.tracked {} " tracked "
            i.not {} " not tracked "
            i.duplicate {} " duplicate; the highest column has "
            (counted(highest, "message", "messages"))
        }
        div.columns {
            @for column in columns { (one_column(column, highest)) }
        }
        @if let (Some(first), Some(last)) = (columns.first(), columns.last()) {
            p.ends { span { (first.label) } span { (last.label) } }
        }
        (outside(&timeline, report.days.undated.total()))
    };
    section("over-time", "Messages over time", chart)
}

fn one_column(column: &TimelineColumn, highest: u64) -> Markup {
    let Outcomes {
        tracked,
        not_tracked,
        duplicates,
    } = column.outcomes;
    let text = format!(
        "{}: {} tracked, {} not tracked, {}",
        column.label,
        grouped(tracked),
        grouped(not_tracked),
        counted(duplicates, "duplicate", "duplicates")
    );
    let (first, last) = (column.first.to_string(), column.last.to_string());
    html! {
        button type="button" data-from=(first) data-to=(last) title=(text) aria-label=(text) {
            @for (count, outcome) in [
                (duplicates, Outcome::Duplicate),
                (not_tracked, Outcome::NotTracked),
                (tracked, Outcome::Tracked),
            ] {
                @if count > 0 {
                    i class=(outcome.class()) style={ "height:" (percent(count, highest)) } {}
                }
            }
        }
    }
}

/// Returns a note on messages outside the columns.
fn outside(timeline: &Timeline, undated: u64) -> Markup {
    let counts = [
        (timeline.earlier, "earlier"),
        (timeline.later, "later"),
        (undated, "without a received time"),
    ];
    let texts: Vec<String> = counts
        .into_iter()
        .filter(|&(count, _)| count > 0)
        .map(|(count, which)| format!("{} {which}", grouped(count)))
        .collect();
    html! {
        @if !texts.is_empty() {
            (note(&format!("Not in the chart: {}.", texts.join(", "))))
        }
    }
}

/// Returns the messages by mailbox; nothing if the options have no mailboxes.
pub(super) fn mailboxes(report: &Report) -> Markup {
    let mut all: Vec<_> = report
        .by_mailbox
        .iter()
        .map(|(&id, outcomes)| (id, report.mailboxes.text(id), outcomes))
        .collect();
    if all.iter().all(|(_, path, _)| path.is_empty()) {
        return html! {};
    }
    all.sort_by_key(|&(_, path, outcomes)| (std::cmp::Reverse(outcomes.total()), path));
    let rows = html! {
        div.wide {
            table {
                tr {
                    th { "Mailbox" }
                    th.n { "Messages" }
                    th.n { "Tracked" }
                    th.n { "Not tracked" }
                    th.n { "Duplicates" }
                }
                @for &(id, path, outcomes) in all.iter().take(MAILBOXES_MAX) {
                    tr {
                        td { (link(Target::Mailbox(id), if path.is_empty() { "(all other mail)" } else { path })) }
                        td.n { (grouped(outcomes.total())) }
                        td.n { (grouped(outcomes.tracked)) }
                        td.n { (grouped(outcomes.not_tracked)) }
                        td.n { (grouped(outcomes.duplicates)) }
                    }
                }
            }
        }
        (more(all.len(), MAILBOXES_MAX, ["mailbox", "mailboxes"], None))
    };
    section("mailboxes", "Messages by mailbox", rows)
}
