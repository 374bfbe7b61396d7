//! The English plural of a kind, by the rule that kubebuilder and kube-rs follow.

/// The plural of a lower-case noun: `box` gives `boxes`, `policy` gives `policies`, `day` gives `days`.
pub(crate) fn plural(singular: &str) -> String {
    let sibilant = ["s", "x", "z", "ch", "sh"].iter().any(|ending| singular.ends_with(ending));
    if sibilant {
        return format!("{singular}es");
    }
    match singular.strip_suffix('y') {
        Some(stem) if stem.ends_with(|c: char| !"aeiou".contains(c)) => format!("{stem}ies"),
        _ => format!("{singular}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::plural;

    #[test]
    fn plurals_follow_the_english_rule() {
        for (singular, expected) in [
            ("flowerpot", "flowerpots"),
            ("box", "boxes"),
            ("bus", "buses"),
            ("quiz", "quizes"),
            ("branch", "branches"),
            ("mesh", "meshes"),
            ("networkpolicy", "networkpolicies"),
            ("gateway", "gateways"),
            ("y", "ys"),
        ] {
            assert_eq!(plural(singular), expected);
        }
    }
}
