use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
#[resource(subresource(name = "print", kind = Page, verbs(get)))]
struct Note {
    metadata: ObjectMeta,
}

struct Page;

impl resourceful::rest::Getter for NotePrintRest {
    async fn get(&self, _: &RequestContext, _: &str, _: &GetOptions) -> resourceful::Result<Object<Page>> {
        todo!()
    }
}

fn main() {}
