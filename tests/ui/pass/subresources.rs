use resourceful::prelude::*;
use resourceful::rest::{self, Getter, Served};

/// Names that are keywords, or those of variables in the expansion.
#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v2-internal")]
#[resource(
    subresource(name = "self", verbs(get)),
    subresource(name = "rest", verbs(get)),
    subresource(name = "store", verbs(get), kind = parts::Page),
    subresource(name = "print-out-2", verbs(get), kind = parts::Page)
)]
struct Note {
    metadata: ObjectMeta,
}

mod parts {
    use resourceful::prelude::*;

    /// A kind that is there for a subresource alone.
    #[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
    #[resource(group = "print.example.com", version = "v1", served = false)]
    pub(super) struct Page {
        metadata: ObjectMeta,
        #[status]
        status: Option<u8>,
    }
}

macro_rules! getter {
    ($handler:ty, $kind:ty) => {
        impl Getter for $handler {
            async fn get(
                &self,
                _: &RequestContext,
                name: &str,
                _: &GetOptions,
            ) -> resourceful::Result<Object<$kind>> {
                Err(resourceful::Error::not_found(&Note::INFO.group_resource(), name))
            }
        }
    };
}

getter!(NoteSelfRest, Note);
getter!(NoteRestRest, Note);
getter!(NoteStoreRest, parts::Page);
getter!(NotePrintOut2Rest, parts::Page);

/// A kind that is stored nowhere.
#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1", storage = false, verbs(create = custom))]
struct Review {
    metadata: ObjectMeta,
}

impl rest::Creater for ReviewRest {
    async fn create(
        &self,
        _: &RequestContext,
        review: Review,
        _: &dyn rest::ValidateObject,
        _: &CreateOptions,
    ) -> resourceful::Result<Object<Review>> {
        Object::new(review)
    }
}

fn main() {
    let printed = format!("{:?}", Note::handlers(&Store::memory()));
    for name in ["self", "rest", "store", "print-out-2"] {
        assert!(printed.contains(&format!("{name:?}")), "{printed}");
    }
    assert_eq!(<parts::Page as Resource>::INFO.status_fields, ["status"]);
    assert_eq!((Review::INFO.storage, Note::INFO.storage), (false, true));
}
