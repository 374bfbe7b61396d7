//! Labels in 64 bits, kept where an object is reached first: most objects that a selector does not select are told by
//! them, and none of what lies further away in memory is read.

/// Three bits for each label, one for its key and two for key and value. What has not all bits of a label has not the
/// label; what has them may have it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LabelBits(u64);

impl LabelBits {
    /// The bits of all labels of an object.
    pub(crate) fn of(labels: &[(Box<str>, Box<str>)]) -> Self {
        labels.iter().fold(Self::default(), |Self(bits), (key, value)| {
            Self(bits | Self::of_key(key).0 | Self::of_label(key, value).0)
        })
    }

    /// The bit of a key, whatever its value.
    pub(crate) fn of_key(key: &str) -> Self {
        Self(1 << (hash(key.bytes()) >> 58))
    }

    /// The bits of a key with its value.
    pub(crate) fn of_label(key: &str, value: &str) -> Self {
        // No key has a zero in it, so that no two labels read alike.
        let hash = hash(key.bytes().chain([0]).chain(value.bytes()));
        Self(1 << (hash >> 58) | 1 << (hash >> 52 & 63))
    }

    /// Whether all bits of some labels are among these.
    pub(crate) fn may_have(self, labels: Self) -> bool {
        self.0 & labels.0 == labels.0
    }
}

/// FNV-1a, which is short, and good enough once its low bits, which the last bytes move most, are brought up.
fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> Vec<(Box<str>, Box<str>)> {
        pairs.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect()
    }

    #[test]
    fn a_label_that_is_there_is_never_missed() {
        let bits = LabelBits::of(&labels(&[("app", "web"), ("tier", "")]));
        for found in [
            LabelBits::of_key("app"),
            LabelBits::of_label("app", "web"),
            LabelBits::of_key("tier"),
            LabelBits::of_label("tier", ""),
            LabelBits::default(),
        ] {
            assert!(bits.may_have(found));
        }
        assert!(!LabelBits::of(&[]).may_have(LabelBits::of_key("app")));
    }

    #[test]
    fn most_others_are_told_apart() {
        let bits = LabelBits::of(&labels(&[("app", "web"), ("tier", "front"), ("shard", "s-17")]));
        let mistaken =
            (0..1_000).filter(|n| bits.may_have(LabelBits::of_label("app", &format!("web-{n}")))).count();
        assert!(mistaken < 60, "twice 9 bits of 64 would be 20, and not {mistaken}");
        let keys = (0..1_000).filter(|n| bits.may_have(LabelBits::of_key(&format!("key-{n}")))).count();
        assert!(keys < 250, "9 bits of 64 would be 141, and not {keys}");
    }
}
