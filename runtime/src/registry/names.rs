//! Names that the server completes (contract 2.19 to 2.23).

use uuid::Uuid;

/// How often a create with a generated name is tried in all.
pub(super) const ATTEMPTS: usize = 8;

/// The most bytes that are kept of a prefix, so that the name fits a DNS label.
const PREFIX_MAX_LENGTH: usize = 58;

const SUFFIX_LENGTH: usize = 5;

/// No vowels, so that no words appear, and nothing that is easily misread.
const ALPHABET: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";

/// Completes a prefix to a name; another one is set in tests.
pub(super) type NameGenerator = fn(&str) -> String;

/// A prefix and five random characters.
pub(super) fn generate(prefix: &str) -> String {
    let mut end = prefix.len().min(PREFIX_MAX_LENGTH);
    while !prefix.is_char_boundary(end) {
        end -= 1;
    }
    let mut name = prefix[..end].to_owned();
    while name.len() < end + SUFFIX_LENGTH {
        let missing = end + SUFFIX_LENGTH - name.len();
        name.extend(random_symbols().take(missing));
    }
    name
}

/// Some symbols, each as likely as the others: bytes beyond the last multiple of 27 are thrown away.
fn random_symbols() -> impl Iterator<Item = char> {
    let random = Uuid::new_v4().into_bytes();
    // Bytes 6 and 8 hold the version and the variant, which are not random.
    let random = random.into_iter().enumerate().filter(|(index, _)| !matches!(index, 6 | 8));
    random.filter_map(|(_, byte)| {
        let fair = usize::from(byte) < 256 / ALPHABET.len() * ALPHABET.len();
        fair.then(|| char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::generate;

    fn is_suffix(text: &str) -> bool {
        text.len() == 5 && text.chars().all(|c| "bcdfghjklmnpqrstvwxz2456789".contains(c))
    }

    #[test]
    fn c08_a_suffix_of_five_symbols_is_added() {
        let names: BTreeSet<String> = (0..200).map(|_| generate("w-")).collect();
        assert!(names.iter().all(|name| name.strip_prefix("w-").is_some_and(is_suffix)), "{names:?}");
        assert!(names.len() > 190, "names repeat: {names:?}");
        let symbols: BTreeSet<char> = names.iter().flat_map(|name| name[2..].chars()).collect();
        assert_eq!(symbols.len(), 27, "every symbol is used");
    }

    #[test]
    fn c09_a_long_prefix_is_cut() {
        let name = generate(&"a".repeat(70));
        assert_eq!(name.len(), 63);
        assert!(name.starts_with(&"a".repeat(58)) && is_suffix(&name[58..]));
    }

    #[test]
    fn a_prefix_is_never_cut_within_a_character() {
        let name = generate(&"ä".repeat(40));
        assert!(name.starts_with(&"ä".repeat(29)) && is_suffix(&name[58..]));
        let name = generate(&format!("a{}", "ä".repeat(40)));
        assert!(is_suffix(&name[57..]));
    }
}
