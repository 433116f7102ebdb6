use proptest::prelude::*;

use super::*;

#[test]
fn lines_and_cells_do_not_run_together() {
    for (html, want) in [
        ("<p>One &amp; two</p>\n", "One & two"),
        (
            "<div>Dear John,</div><div>I hope</div>",
            "Dear John,\nI hope",
        ),
        ("<div><div><div>a</div></div></div><p>b", "a\nb"),
        (
            "<table><tr><td>Name</td><td>Ann</td></tr><tr><td>Qty</td><td>4</td></tr></table>",
            "Name Ann\nQty 4",
        ),
        (
            "<table><tr><th>a<th>b<tr><td>c<td>d</table>e",
            "a b\nc d\ne",
        ),
        (
            "<table> <tr> <td> a </td> <td> </td> <td>b</td> </tr> </table>",
            "a b",
        ),
        ("<ul><li>Milk</li><li>Eggs</li></ul>", "Milk\nEggs"),
        (
            "<ol><li>Milk<li>Eggs<ul><li>six</ul></ol>x",
            "Milk\nEggs\nsix\nx",
        ),
        (
            "<h1>Title</h1>Body<h2>Sub</h2>Text",
            "Title\nBody\nSub\nText",
        ),
        (
            "Reply<blockquote>Quoted</blockquote>After",
            "Reply\nQuoted\nAfter",
        ),
        ("<dl><dt>Term<dd>What it is</dl>x", "Term\nWhat it is\nx"),
        ("a<hr>b<HR/>c", "a\nb\nc"),
        (
            "a<section>b</section><article>c</article><footer>d</footer>",
            "a\nb\nc\nd",
        ),
        ("a<br>b<br/>c<BR />d</br>e", "a\nb\nc\nd\ne"),
        ("a<br><br>b", "a\n\nb"),
        ("<div>a<br></div><div><br></div><div>b</div>", "a\n\nb"),
        ("<p>a</p><p>&nbsp;</p><p>b</p>", "a\n\nb"),
        ("<br>a<br>", "a"),
        ("a<b>b</b><i>c</i> <u> d</u>", "abc d"),
        ("<a href=x>a</a><span>b</span><o:p>c</o:p>", "abc"),
        ("<form><select><option>a<option>b</select></form>", "a\nb"),
    ] {
        assert_eq!(plain_text(html), want, "{html}");
    }
}

#[test]
fn white_space_is_a_blank_but_in_preformatted_text() {
    for (html, want) in [
        (" a \r\n\t b\n", "a b"),
        ("a&nbsp;b&nbsp; c \u{a0} d", "a b  c   d"),
        ("A &\u{a0}B <\u{a0}C", "A & B < C"),
        ("&nbsp;&nbsp;a<br>&nbsp;b", "  a\n b"),
        ("<div> a </div> <div> b </div>", "a\nb"),
        ("a <b> b </b> c", "a b c"),
        ("x<pre>\n a\n\n  b\tc\n</pre>y", "x\n a\n\n  b\tc\ny"),
        ("<pre>a\r\nb</pre>  c  d", "a\nb\nc d"),
        ("<textarea>\na  <b>b</textarea>c  d", "a  <b>b\nc d"),
        ("<xmp>a <b>  c</xmp>", "a <b>  c"),
        ("a</pre>  b", "a\nb"),
        ("\0a\0b", "ab"),
        ("", ""),
        (" \n ", ""),
    ] {
        assert_eq!(plain_text(html), want, "{html:?}");
    }
}

#[test]
fn comments_end_where_the_standard_ends_them() {
    for (html, want) in [
        ("a<!-- b -->c", "ac"),
        ("a<!-->c", "ac"),
        ("a<!--->c", "ac"),
        ("a<!---->c", "ac"),
        ("a<!----->c", "ac"),
        ("a<!-- b --!>c", "ac"),
        ("a<!-- b -- > -->c", "ac"),
        ("a<!-- <!-- b -->c-->", "ac-->"),
        ("a<!-- > -->c", "ac"),
        ("a<!-b>c", "ac"),
        ("a<!b>c", "ac"),
        ("a<!>c", "ac"),
        ("a<?xml b?>c", "ac"),
        ("a</ b>c", "ac"),
        ("a</>c", "ac"),
        ("a<![CDATA[b]]>c", "ac"),
        ("a<![CDATA[b>d]]>c", "ad]]>c"),
        ("a<!--[if mso]><p>b</p><![endif]-->c", "ac"),
        ("a<![if !mso]>b<![endif]>c", "abc"),
        ("a<!--[if !mso]><!-->b<!--<![endif]-->c", "abc"),
        ("<!DOCTYPE html PUBLIC \"-//W3C//DTD\">a", "a"),
        ("a<!-- never closed > b", "a"),
    ] {
        assert_eq!(plain_text(html), want, "{html}");
    }
}

#[test]
fn references_are_those_of_the_standard() {
    for (html, want) in [
        ("&lt;&gt;&amp;&quot;&apos;&copy;&euro;", "<>&\"'©€"),
        ("&lt&gt &amp&copyx &notit; &notin;", "<> &©x ¬it; ∉"),
        (
            "&eacute &eacute; &Eacute; &hellip &hellip;",
            "é é É &hellip …",
        ),
        ("&#65;&#x42;&#X43;&#68 &#x45", "ABCD E"),
        (
            "&#128;&#133;&#146;&#150;&#151;&#159;&#x80;&#129;",
            "€…’–—Ÿ€\u{81}",
        ),
        (
            "&#0;&#xD800;&#x110000;&#99999999999999999999;",
            "\u{fffd}\u{fffd}\u{fffd}\u{fffd}",
        ),
        (
            "a & b &c &; &# &#; &#x; &nosuch;",
            "a & b &c &; &# &#; &#x; &nosuch;",
        ),
        ("&NotEqualTilde;&fjlig;", "≂̸fj"),
        ("<a title='&lt;'>b</a>", "b"),
    ] {
        assert_eq!(plain_text(html), want, "{html}");
    }
}

#[test]
fn nothing_between_tags_is_lost() {
    for (html, want) in [
        ("<html><head><meta a=b><body>a", "a"),
        ("<head><p>a", "a"),
        ("<head>a<title>b</title>c", "ac"),
        ("a < b", "a < b"),
        ("<3 a <- b << c", "<3 a <- b << c"),
        ("a <", "a <"),
        ("a </", "a </"),
        ("1<2 and 3>2", "1<2 and 3>2"),
        ("a <b", "a"),
        ("a <b href='", "a"),
        ("<a title=\"x > y\" x='>'>b</a>", "b"),
        ("<a title=x>y>b</a>", "y>b"),
        ("<p/>a<div/>b", "a\nb"),
        ("<ann@fabrikam.example> b", "b"),
        ("a</b></i></nosuch>c", "ac"),
        ("<plaintext>a <b> c", "a <b> c"),
        ("<svg><title/><text>a</text></svg>b", "ab"),
    ] {
        assert_eq!(plain_text(html), want, "{html}");
    }
}

#[test]
fn what_is_not_shown_is_not_text() {
    for (html, want) in [
        ("<style>p { a: b }</style>a", "a"),
        (
            "<style type=\"text/css\">a</style><script type='x'>b</script>c",
            "c",
        ),
        ("<STYLE media=x>a</Style >b", "b"),
        ("<style>a<p>b</style>c", "c"),
        ("<style><!-- a --></style>b", "b"),
        ("<script>if (a < b) { \"</p>\" }</script>c", "c"),
        ("<script><!-- <script> a </script> --></script>b", "b"),
        ("<title>a</title>b", "b"),
        ("<title>a <b> c</title>d", "d"),
        ("<template>a<p>b<template>c</template>d</template>e", "e"),
        ("<noscript><p>a</p></noscript>b", "a\nb"),
        ("<iframe>a</iframe>b", "b"),
        ("<styles>a</styles>b", "ab"),
        ("<style", ""),
    ] {
        assert_eq!(plain_text(html), want, "{html}");
    }
}

#[test]
fn text_is_escaped() {
    assert_eq!(
        escaped("List <https://list.example/> a & b\nc"),
        "List &lt;https://list.example/&gt; a &amp; b<br>\nc"
    );
    assert_eq!(escaped(""), "");
}

#[test]
fn no_html_is_too_odd() {
    for piece in [
        "<",
        "</",
        "<a",
        "<a ",
        "<a b='",
        "<!--",
        "<!-- --",
        "<![",
        "&",
        "&#",
        "&a",
        "&#x1",
        "<div>",
        "</div>",
        "<pre>",
        "<table>",
        "<template>",
        "<style>",
        "<script><!--<script>",
        "<title>",
        "</title",
        " ",
        "\u{a0}",
        "&nbsp;",
        "<svg>",
        "<br>",
        "<textarea></",
    ] {
        let text = plain_text(&piece.repeat(200_000));
        assert!(text.len() <= 3 * 200_000 * piece.len());
    }
}

proptest! {
    #[test]
    fn text_comes_back_out_of_its_html(text in "[a-z<>&;#!/'\" -]{0,60}") {
        // A reader sees white space as single blanks.
        let words: Vec<&str> = text.split_whitespace().collect();
        prop_assert_eq!(plain_text(&escaped(&text)), words.join(" "));
    }

    #[test]
    fn any_html_gives_text(pieces in prop::collection::vec(0usize..24, 0..60), cut in 0usize..400) {
        let vocabulary = [
            "<", ">", "</", "p", "div", "pre>", "style", "script", " ", "\n", "&", "amp", ";", "#1", "<!--", "-->", "=\"", "\"", "\u{a0}", "\u{fc}",
            "<td>", "<br>", "\0", "<template>",
        ];
        let html: String = pieces.iter().map(|&at| vocabulary[at]).collect();
        let end = (0..=cut.min(html.len())).rev().find(|&at| html.is_char_boundary(at)).unwrap_or(0);
        let text = plain_text(&html[..end]);
        prop_assert!(!text.starts_with('\n') && !text.ends_with('\n'));
        prop_assert!(!text.contains(char::REPLACEMENT_CHARACTER), "{}", html);
    }
}

#[test]
fn references_of_a_line_are_resolved_and_nothing_else() {
    for (text, want) in [
        ("Pat O&#039;Brien", "Pat O'Brien"),
        ("Pat O&apos;Brien &amp; Co", "Pat O'Brien & Co"),
        ("B&ouml;rn &#x41; &eacute", "Börn A é"),
        ("a < b & c", "a < b & c"),
        ("<b>&amp;</b>", "<b>&</b>"),
        ("AT&T", "AT&T"),
        ("no reference", "no reference"),
        ("&#0; &#xD800; &bogus;", "\u{fffd} \u{fffd} &bogus;"),
    ] {
        assert_eq!(decode_references(text), want, "{text}");
    }
}
