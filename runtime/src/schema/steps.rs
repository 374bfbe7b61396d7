//! Where a walk through a document is. Most walks find nothing to tell, so that the way is written out only when they do.

use std::fmt;

use super::{push_field, push_index};

/// The way from a document to a value in it, as the walk's own stack has it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Steps<'a> {
    /// The document itself.
    Root,
    /// A field of what is one step up.
    Field(&'a Self, &'a str),
    /// An item of what is one step up.
    Item(&'a Self, usize),
}

impl Steps<'_> {
    fn write(&self, path: &mut String) {
        match self {
            Self::Root => {}
            Self::Field(up, name) => {
                up.write(path);
                push_field(path, name);
            }
            Self::Item(up, index) => {
                up.write(path);
                push_index(path, *index);
            }
        }
    }
}

/// As in `spec.list[1].size`; empty for the document itself.
impl fmt::Display for Steps<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut path = String::new();
        self.write(&mut path);
        f.write_str(&path)
    }
}

#[cfg(test)]
mod tests {
    use super::Steps;

    #[test]
    fn a_way_is_written_as_clients_know_it() {
        let spec = Steps::Field(&Steps::Root, "spec");
        let list = Steps::Field(&spec, "list");
        let item = Steps::Item(&list, 12);
        assert_eq!(Steps::Field(&item, "size").to_string(), "spec.list[12].size");
        assert_eq!(Steps::Root.to_string(), "");
    }
}
