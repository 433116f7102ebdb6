//! The page: its frame, and the parts of it that stand still.

use super::data::data;
use super::gather::Report;
use super::html::Html;
use super::{records, sections};

/// Nothing is fetched from anywhere: all that the page needs is in it.
const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
<meta name=\"color-scheme\" content=\"light dark\">\n\
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\">\n\
<meta name=\"referrer\" content=\"no-referrer\">\n<link rel=\"icon\" href=\"data:,\">\n";

/// The report of an output folder as a page. `commands` has, for what each run was given, in the order of
/// [`Committed::given`](crate::export::Committed::given), the arguments of `explain` beside the message, with a blank
/// before them.
pub(crate) fn page(report: &Report, folder: &str, commands: &[String]) -> String {
    let mut html = Html::default();
    html.raw(HEAD)
        .raw("<title>mailtrack: ")
        .text(folder)
        .raw("</title>\n<style>\n")
        .raw(include_str!("page.css"))
        .raw("</style>\n</head>\n<body>\n<header>\n<h1>mailtrack <small>")
        .text(folder)
        .raw("</small></h1>\n");
    sections::span(report, &mut html);
    html.raw("</header>\n<main>\n");
    for section in [
        sections::totals,
        sections::reasons,
        sections::over_time,
        sections::mailboxes,
        records::strangers,
        records::shared,
        records::created,
        records::refused,
        sections::talks,
        sections::failures,
        sections::table,
    ] {
        section(report, &mut html);
    }
    html.raw("</main>\n<footer>mailtrack ")
        .raw(env!("CARGO_PKG_VERSION"))
        .raw("</footer>\n")
        .raw(include_str!("dialog.html"));
    data(report, commands, &mut html);
    html.raw("<script>\n")
        .raw(include_str!("page.js"))
        .raw("</script>\n</body>\n</html>\n");
    html.into_string()
}
