//! A *registrable domain* is the part of a domain name that someone has registered, such as `fabrikam.example` in
//! `sales.fabrikam.example`, according to the Public Suffix List with its private section.

use super::addr_spec::normal_domain;

/// Returns the registrable domain of a domain in normal form; `None` for a public suffix and for an address literal.
pub(crate) fn registrable(domain: &str) -> Option<&str> {
    if domain.starts_with('[') {
        return None;
    }
    psl::domain_str(domain)
}

/// Returns the domain of a web address, with or without a scheme, in normal form.
pub(crate) fn of_website(url: &str) -> Option<String> {
    let rest = url.trim();
    let rest = rest.split_once("://").map_or(rest, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit('@').next()?;
    let host = host.split_once(':').map_or(host, |(host, _)| host);
    normal_domain(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_registrable_part() {
        let cases = [
            ("sales.fabrikam.example", Some("fabrikam.example")),
            ("a.b.co.uk", Some("b.co.uk")),
            ("co.uk", None),
            ("me.github.io", Some("me.github.io")),
            ("localhost", None),
            ("[10.0.0.1]", None),
        ];
        for (domain, want) in cases {
            assert_eq!(registrable(domain), want, "{domain}");
        }
    }

    #[test]
    fn finds_a_website_s_host() {
        let cases = [
            (
                "https://www.Fabrikam.example/a?b",
                Some("www.fabrikam.example"),
            ),
            ("fabrikam.example", Some("fabrikam.example")),
            ("http://u@fabrikam.example:8080", Some("fabrikam.example")),
            ("", None),
        ];
        for (url, want) in cases {
            assert_eq!(of_website(url).as_deref(), want, "{url}");
        }
    }
}
