//! Lists of words to compare names with, indexed by first letter: there are about two hundred words, and few names
//! contain one.

use serde::Deserialize;

/// A list of words, compared without regard to case and dots.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "Vec<String>")]
pub(crate) struct Forms {
    /// Indexed by the first letter of the last word; the last entry has those that do not begin with an ASCII letter.
    by_letter: Vec<Vec<PhraseForm>>,
}

#[derive(Clone, Debug)]
struct PhraseForm {
    text: String,
    words: Vec<String>,
}

/// The index of words that do not begin with an ASCII letter.
const OTHERS: usize = 26;

/// Returns the index for a word, ignoring dots.
fn letter(word: &str) -> usize {
    match word.bytes().find(|&byte| byte != b'.') {
        Some(byte) if byte.is_ascii_alphabetic() => usize::from(byte.to_ascii_lowercase() - b'a'),
        _ => OTHERS,
    }
}

impl From<Vec<String>> for Forms {
    fn from(texts: Vec<String>) -> Forms {
        let mut by_letter = vec![Vec::new(); OTHERS + 1];
        for text in texts {
            let words: Vec<String> = text.split_whitespace().map(ToOwned::to_owned).collect();
            let place = words.last().map_or(OTHERS, |word| letter(word));
            by_letter[place].push(PhraseForm { text, words });
        }
        Forms { by_letter }
    }
}

impl Forms {
    /// Returns the forms whose last word may match `word`. The lower case of a letter beyond ASCII may be in ASCII.
    fn like(&self, word: &str) -> impl Iterator<Item = &PhraseForm> {
        let places = match letter(word) {
            OTHERS => 0..OTHERS,
            letter => letter..letter + 1,
        };
        let of_letter = self.by_letter.get(places).unwrap_or_default();
        let others = self.by_letter.get(OTHERS..).unwrap_or_default();
        of_letter.iter().chain(others).flatten()
    }

    /// Returns whether the words end in a form and have other words before it.
    pub(crate) fn end(&self, words: &[&str]) -> bool {
        let Some(last) = words.last() else {
            return false;
        };
        self.like(last).any(|form| {
            let start = words.len().checked_sub(form.words.len());
            match start
                .filter(|&start| start > 0)
                .map(|start| &words[start..])
            {
                None | Some([]) => false,
                Some([word]) => is_form(word, &form.text),
                Some(end) => end.iter().zip(&form.words).all(|(a, b)| same(a, b)),
            }
        })
    }

    /// Returns whether all the words together are a form.
    pub(crate) fn have(&self, words: &[&str]) -> bool {
        let Some(last) = words.last() else {
            return false;
        };
        let mut alike = self
            .like(last)
            .filter(|form| form.words.len() == words.len());
        match words {
            [word] => alike.any(|form| is_form(word, &form.text)),
            words => alike.any(|form| is_form(&words.join(" "), &form.text)),
        }
    }

    /// Returns whether a word is a form, even if it could be a name as it is written.
    pub(crate) fn have_word(&self, word: &str) -> bool {
        self.like(word).any(|form| same(word, &form.text))
    }
}

/// Returns whether a word is a form. A short form in capitals does not match a word that is written like a name.
fn is_form(word: &str, form: &str) -> bool {
    if !same(word, form) {
        return false;
    }
    let mut letters = word.chars();
    let as_name = letters.next().is_some_and(char::is_uppercase)
        && !letters.as_str().is_empty()
        && letters.all(char::is_lowercase);
    let capitals = form.chars().count() <= 3 && form.chars().all(char::is_uppercase);
    !(as_name && capitals)
}

/// Returns whether two words are equal without regard to case and dots.
fn same(one: &str, other: &str) -> bool {
    if one.is_ascii() && other.is_ascii() {
        return ascii_letters(one).eq(ascii_letters(other));
    }
    letters(one).eq(letters(other))
}

fn letters(text: &str) -> impl Iterator<Item = char> {
    let undotted = text.chars().filter(|&c| c != '.');
    undotted.flat_map(char::to_lowercase)
}

/// Like [`letters`], for ASCII text.
fn ascii_letters(text: &str) -> impl Iterator<Item = u8> {
    let undotted = text.bytes().filter(|&byte| byte != b'.');
    undotted.map(|byte| byte.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORMS: [&str; 14] = [
        "Jr", "Ph D", "MA", "Inc", "GmbH", "S p A", "de CV", "'t", "d'", "Sàrl", "ООО", "K", "..",
        "",
    ];

    /// As [`Forms`] find, with every form looked at.
    struct All;

    impl All {
        fn end(words: &[&str]) -> bool {
            FORMS.iter().any(|form| {
                let parts: Vec<&str> = form.split_whitespace().collect();
                let start = words.len().checked_sub(parts.len()).filter(|&at| at > 0);
                match start.map(|at| &words[at..]) {
                    None | Some([]) => false,
                    Some([word]) => is_form(word, form),
                    Some(end) => end.iter().zip(parts).all(|(a, b)| same(a, b)),
                }
            })
        }

        fn have(words: &[&str]) -> bool {
            FORMS.iter().any(|form| is_form(&words.join(" "), form))
        }
    }

    proptest::proptest! {
        #[test]
        fn none_is_missed(words in proptest::collection::vec(0usize..19, 1..4)) {
            let vocabulary = [
                "Ann", "jr", "J.R.", "ph.d", "Ph", "D.", "MA", "Ma", "inc.", "gmbh", "S", "p.", "A", "de", "cv", "'T", "\u{212a}", "OOO", "..",
            ];
            let words: Vec<&str> = words.iter().map(|&at| vocabulary[at]).collect();
            let forms = Forms::from(FORMS.map(String::from).to_vec());
            proptest::prop_assert_eq!(forms.end(&words), All::end(&words));
            proptest::prop_assert_eq!(forms.have(&words), All::have(&words), "{:?}", words);
            for word in words {
                proptest::prop_assert_eq!(forms.have_word(word), FORMS.iter().any(|form| same(word, form)));
            }
        }
    }
}
