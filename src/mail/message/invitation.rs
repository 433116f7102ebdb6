//! A *meeting invitation* is a message with a calendar part whose method is `REQUEST` (RFC 5546, section 3.2.2).

use calcard::icalendar::{
    ICalendar, ICalendarMethod, ICalendarParameterName, ICalendarParameterValue, ICalendarProperty,
    ICalendarValue, Uri,
};

/// The `ORGANIZER` of the calendar.
#[derive(Debug, PartialEq)]
pub(crate) struct Organizer {
    /// The address as written, without `mailto:`.
    pub address: String,
    /// The `CN` parameter.
    pub name: Option<String>,
}

/// Parses a calendar part and returns its organizer, if it has one. The outer `None` means that the method is not
/// `REQUEST`.
pub(crate) fn invitation(calendar: &str) -> Option<Option<Organizer>> {
    let calendar = ICalendar::parse(calendar).ok()?;
    let entries = || {
        calendar
            .components
            .iter()
            .flat_map(|component| &component.entries)
    };
    let is_request = entries().any(|entry| {
        entry.name == ICalendarProperty::Method
            && entry.values.iter().any(|value| match value {
                ICalendarValue::Method(method) => *method == ICalendarMethod::Request,
                ICalendarValue::Text(text) => text.trim().eq_ignore_ascii_case("REQUEST"),
                _ => false,
            })
    });
    if !is_request {
        return None;
    }
    let organizer = entries().find(|entry| entry.name == ICalendarProperty::Organizer);
    Some(organizer.and_then(|entry| {
        let address = entry.values.iter().find_map(address)?;
        let name = entry
            .params
            .iter()
            .find_map(|param| match (&param.name, &param.value) {
                (ICalendarParameterName::Cn, ICalendarParameterValue::Text(text)) => {
                    Some(text.trim().to_owned())
                }
                _ => None,
            });
        Some(Organizer {
            address,
            name: name.filter(|name| !name.is_empty()),
        })
    }))
}

fn address(value: &ICalendarValue) -> Option<String> {
    let text = match value {
        ICalendarValue::Uri(Uri::Location(text)) | ICalendarValue::Text(text) => text.trim(),
        _ => return None,
    };
    let address = match text.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => &text[7..],
        _ => text,
    };
    address.contains('@').then(|| address.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(method: &str, organizer: &str) -> String {
        format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\nUID:1\r\n{organizer}\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        )
    }

    #[test]
    fn finds_the_organizer_of_a_request() {
        let ann = |name: Option<&str>| {
            Some(Some(Organizer {
                address: "ann@x.example".into(),
                name: name.map(Into::into),
            }))
        };
        let cases = [
            (
                "REQUEST",
                "ORGANIZER;CN=Ann Beck:mailto:ann@x.example",
                ann(Some("Ann Beck")),
            ),
            (
                "request",
                "ORGANIZER;CN=\"Beck, Ann\":MAILTO:ann@x.example",
                ann(Some("Beck, Ann")),
            ),
            ("REQUEST", "ORGANIZER:mailto:ann@x.example", ann(None)),
            ("REQUEST", "LOCATION:here", Some(None)),
            ("REPLY", "ORGANIZER:mailto:ann@x.example", None),
        ];
        for (method, organizer, want) in cases {
            assert_eq!(
                invitation(&calendar(method, organizer)),
                want,
                "{method} {organizer}"
            );
        }
        assert_eq!(invitation("nothing"), None);
    }
}
