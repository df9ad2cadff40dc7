//! The annotated methods of the example service, read from its source.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use cached_key::PatternTemplate;
use proc_macro2::{Group, Literal, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{GenericArgument, ImplItem, ImplItemFn, Item, PathArguments, ReturnType, Type};

/// The service.
pub(crate) struct Service {
    pub(crate) methods: Vec<Method>,
    /// The fields of every structure that it talks about.
    fields: BTreeMap<String, Vec<String>>,
}

/// A method with one of our attributes on it.
pub(crate) struct Method {
    pub(crate) name: String,
    /// Its keys, patterns and tags, in the order of the source.
    pub(crate) texts: Vec<String>,
    tokens: TokenStream,
    /// The name of the type that it returns on success.
    answer: Option<String>,
}

impl Service {
    pub(crate) fn read() -> Self {
        let folder =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/src/bin/conversations");
        let mut service = Self {
            methods: Vec::new(),
            fields: BTreeMap::new(),
        };
        for file in files(&folder) {
            let source = fs::read_to_string(file).unwrap();
            for item in syn::parse_file(&source).unwrap().items {
                match item {
                    Item::Struct(item) => {
                        let named = item.fields.iter().filter_map(|field| field.ident.as_ref());
                        let fields = named.map(ToString::to_string).collect();
                        service.fields.insert(item.ident.to_string(), fields);
                    }
                    Item::Impl(item) => service
                        .methods
                        .extend(item.items.iter().filter_map(Method::read)),
                    _ => {}
                }
            }
        }
        service
    }

    /// Whether what stands between `<` and `>` in an accepted text is there. All parameters of the service are numbers and
    /// texts, which have no fields.
    pub(crate) fn has_fields(&self, method: &Method, text: &str) -> bool {
        let template = PatternTemplate::parse(text).unwrap();
        let answer = method.answer.as_ref().and_then(|it| self.fields.get(it));
        template.placeholders().all(|(path, _)| {
            let fields: Vec<_> = path.fields().collect();
            match fields.as_slice() {
                [] => true,
                [field] if path.root() == "ret" => {
                    answer.is_some_and(|fields| fields.iter().any(|it| it == field))
                }
                _ => false,
            }
        })
    }
}

/// The sources in a folder and below it, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

impl Method {
    fn read(item: &ImplItem) -> Option<Self> {
        let ImplItem::Fn(function) = item else {
            return None;
        };
        let is_ours = |name: &str| ["cached", "invalidates", "updates"].contains(&name);
        let ours = function.attrs.iter().filter(|it| {
            it.path()
                .get_ident()
                .is_some_and(|it| is_ours(&it.to_string()))
        });
        let mut texts = Vec::new();
        for attribute in ours {
            each_text(attribute.to_token_stream(), &mut |text| {
                texts.push(text.to_owned());
                None
            });
        }
        (!texts.is_empty()).then(|| Self {
            name: function.sig.ident.to_string(),
            texts,
            tokens: without_body(function),
            answer: answer(&function.sig.output),
        })
    }

    pub(crate) fn item(&self) -> TokenStream {
        self.tokens.clone()
    }

    /// The method with another text in the place of one of its own.
    pub(crate) fn with(&self, number: usize, other: &str) -> TokenStream {
        let mut seen = 0;
        each_text(self.tokens.clone(), &mut |_| {
            seen += 1;
            (seen == number + 1).then(|| other.to_owned())
        })
    }
}

/// The macros never look into it.
fn without_body(function: &ImplItemFn) -> TokenStream {
    let mut function = function.clone();
    function
        .attrs
        .retain(|attribute| !attribute.path().is_ident("doc"));
    function.block = syn::parse_quote!({ body() });
    function.into_token_stream()
}

/// Lengths of time have no `:` in them, keys have.
fn each_text(tokens: TokenStream, replace: &mut impl FnMut(&str) -> Option<String>) -> TokenStream {
    let replaced = tokens.into_iter().map(|token| match token {
        TokenTree::Group(group) => {
            let inner = each_text(group.stream(), replace);
            TokenTree::Group(Group::new(group.delimiter(), inner))
        }
        TokenTree::Literal(literal) => {
            let text = syn::parse_str::<syn::LitStr>(&literal.to_string()).map(|it| it.value());
            let other = text
                .ok()
                .filter(|text| text.contains(':'))
                .and_then(|text| replace(&text));
            TokenTree::Literal(other.map_or(literal, |other| Literal::string(&other)))
        }
        other => other,
    });
    replaced.collect()
}

/// `T` of `Result<T, E>`.
fn answer(output: &ReturnType) -> Option<String> {
    let ReturnType::Type(_, output) = output else {
        return None;
    };
    let Type::Path(output) = &**output else {
        return None;
    };
    let PathArguments::AngleBracketed(arguments) = &output.path.segments.last()?.arguments else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(Type::Path(success)) => Some(success.path.get_ident()?.to_string()),
        _ => None,
    }
}
