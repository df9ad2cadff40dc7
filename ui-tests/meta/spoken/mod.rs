//! Every headline that the source can speak, read off the source: what is passed for a parameter called `headline`, what
//! `on_unimplemented` and the assertions of `const fn` say, and the sentences of the grammar's faults.

mod bindings;
mod takers;

use std::collections::{BTreeMap, BTreeSet};

use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Block, Expr, Signature, Token};

use self::bindings::{Bindings, callee, format_string, holes, local};
use self::takers::{Takers, Way, is_headline};
use crate::template::Template;

/// A source file.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) file: syn::File,
}

#[derive(Default, Debug)]
pub(crate) struct Spoken {
    /// With the files that speak them.
    pub(crate) headlines: BTreeMap<Template, String>,
    /// Headlines that can't be read off the source, with their files.
    pub(crate) hidden: BTreeSet<(String, String)>,
}

/// What a crate can speak.
pub(crate) fn scan(sources: &[Source]) -> Spoken {
    let mut takers = Takers::default();
    for source in sources {
        takers.visit_file(&source.file);
    }
    let mut spoken = Spoken::default();
    for source in sources {
        let mut speech = Speech {
            takers: &takers,
            path: &source.path,
            bindings: Bindings::default(),
            in_const: false,
            in_fault: false,
            spoken: &mut spoken,
        };
        speech.visit_file(&source.file);
    }
    spoken
}

struct Speech<'a> {
    takers: &'a Takers,
    path: &'a str,
    bindings: Bindings,
    in_const: bool,
    in_fault: bool,
    spoken: &'a mut Spoken,
}

impl Speech<'_> {
    fn hear(&mut self, expr: &Expr) {
        match self.bindings.resolve(expr) {
            Ok(templates) => {
                for template in templates {
                    self.note(template);
                }
            }
            Err(hidden) => {
                self.spoken.hidden.insert((self.path.to_owned(), hidden));
            }
        }
    }

    fn note(&mut self, template: Template) {
        // `{}` alone passes on what somebody else says.
        if template.weight() > 0 {
            self.spoken.headlines.insert(template, self.path.to_owned());
        }
    }

    fn call(&mut self, name: &str, ways: &[Way], arguments: &Punctuated<Expr, Token![,]>) {
        let (positions, sure) = self.takers.positions(name, ways);
        for argument in positions
            .into_iter()
            .filter_map(|index| arguments.iter().nth(index))
        {
            // Which of several functions of one name is called only their types tell.
            if sure || self.bindings.resolve(argument).is_ok() {
                self.hear(argument);
            }
        }
    }

    fn function(&mut self, signature: &Signature, block: &Block) {
        let mut bindings = Bindings::default();
        bindings.visit_block(block);
        let outer = std::mem::replace(&mut self.bindings, bindings);
        let was_const = std::mem::replace(&mut self.in_const, signature.constness.is_some());
        self.visit_block(block);
        self.in_const = was_const;
        self.bindings = outer;
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && matches!(&attribute.meta, syn::Meta::List(list) if list.tokens.to_string() == "test")
    })
}

impl<'ast> Visit<'ast> for Speech<'_> {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if !is_test(&module.attrs) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        if !is_test(&function.attrs) {
            self.function(&function.sig, &function.block);
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        if !is_test(&function.attrs) {
            self.function(&function.sig, &function.block);
        }
    }

    fn visit_item_impl(&mut self, block: &'ast syn::ItemImpl) {
        let of = |path: Option<&syn::Path>, name: &str| {
            path.and_then(|path| path.segments.last())
                .is_some_and(|last| last.ident == name)
        };
        let own = match block.self_ty.as_ref() {
            syn::Type::Path(own) => Some(&own.path),
            _ => None,
        };
        let display = block.trait_.as_ref().map(|(path, _)| path);
        self.in_fault = of(own, "Fault") && of(display, "Display");
        visit::visit_item_impl(self, block);
        self.in_fault = false;
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        let closure = local(&call.func).and_then(|name| self.bindings.closure(&name));
        if let Some(closure) = closure {
            let index = closure.inputs.iter().position(is_headline);
            if let Some(argument) = index.and_then(|index| call.args.iter().nth(index)) {
                self.hear(argument);
            }
        } else if let Some(name) = callee(&call.func) {
            self.call(&name, Way::of(&call.func), &call.args);
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.call(&call.method.to_string(), &[Way::Method], &call.args);
        if let (true, Some(sentence)) = (
            self.in_fault && call.method == "write_str",
            call.args.first(),
        ) {
            self.hear(sentence);
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let speaks = (self.in_const && call.path.is_ident("assert"))
            || (self.in_fault && call.path.is_ident("write"));
        if let (true, Some(template)) = (speaks, format_string(call, 1)) {
            self.note(holes(&template, |_| None));
        }
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        let name = attribute.path().segments.last();
        if name.is_none_or(|name| name.ident != "on_unimplemented") {
            return;
        }
        let _ = attribute.parse_nested_meta(|meta| {
            let text: syn::LitStr = meta.value()?.parse()?;
            if meta.path.is_ident("message") {
                self.note(holes(&text.value(), |_| None));
            }
            Ok(())
        });
    }
}

/// Which of the headlines no case shows.
pub(crate) fn unheard(spoken: &Spoken, heard: &[&str], never: &[&str]) -> Vec<String> {
    let mut complaints = Vec::new();
    for (template, path) in &spoken.headlines {
        if !never.contains(&template.to_string().as_str())
            && !heard.iter().any(|headline| template.matches(headline))
        {
            complaints.push(format!("{path}: no case shows \"{template}\""));
        }
    }
    complaints
}

/// What is said though nobody in the source says it: an old golden, or words that escape this reading.
pub(crate) fn unspoken(spoken: &[Spoken], heard: &[&str], strangers: &[&str]) -> Vec<String> {
    let templates = || spoken.iter().flat_map(|spoken| spoken.headlines.keys());
    let mut complaints = BTreeSet::new();
    for headline in heard {
        if !strangers.contains(headline) && !templates().any(|template| template.matches(headline))
        {
            complaints.insert(format!("nothing in the source says \"{headline}\""));
        }
    }
    complaints.into_iter().collect()
}

/// Which headlines can't be read off the source, but for those of `known` strangers.
pub(crate) fn hidden(spoken: &Spoken, known: &[(&str, &str)]) -> Vec<String> {
    let is_known = |path: &str, text: &str| {
        let squeezed = text.replace(' ', "");
        known
            .iter()
            .any(|(file, known)| path.ends_with(file) && *known == squeezed)
    };
    let mut complaints = Vec::new();
    for (path, text) in &spoken.hidden {
        if !is_known(path, text) {
            complaints.push(format!(
                "{path}: the headline `{text}` can't be read here; write it where it is reported, or pass it on as `headline`"
            ));
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoken(source: &str) -> Spoken {
        scan(&[Source {
            path: "src/x.rs".to_owned(),
            file: syn::parse_file(source).unwrap(),
        }])
    }

    fn headlines(source: &str) -> Vec<String> {
        spoken(source)
            .headlines
            .keys()
            .map(ToString::to_string)
            .collect()
    }

    const REPORT: &str = "impl Report { fn at(span: Span, headline: impl Into<String>) -> Self { Self::over(&x, headline) } \
                          fn over(x: &X, headline: String) {} fn fault(&self, headline: &str, range: &R) {} } ";

    fn of(body: &str) -> Vec<String> {
        headlines(&format!("{REPORT} fn f() {{ {body} }}"))
    }

    #[test]
    fn headlines_are_read_where_they_are_reported() {
        assert_eq!(of("Report::at(x, \"one\")"), ["one"]);
        assert_eq!(of("Report::at(x, \"one\".to_owned())"), ["one"]);
        assert_eq!(
            of("Report::at(x, match y { A => \"one\", _ => return x, B => { return y; } })"),
            ["one"]
        );
        assert_eq!(
            of("text.fault(&format!(\"`{}` and {{{two:?}}}\", x), range)"),
            ["`…` and {…}"]
        );
        assert_eq!(
            of("g(|x| report::Report::over(x, \"one\").help(\"two\"))"),
            ["one"]
        );
        assert_eq!(
            of(
                "let headline = if x { \"one\" } else { format!(\"{x} two\") }; Report::at(x, headline)"
            ),
            ["… two", "one"]
        );
        assert_eq!(
            of("Report::at(x, match y { A => \"one\", _ => { \"two\" } })"),
            ["one", "two"]
        );
        assert_eq!(
            of("let at = |headline: String| Report::at(x, headline); at((\"one\"))"),
            ["one"]
        );
        assert_eq!(
            of("let no = |kind: &str| format!(\"no {kind}\"); Report::at(x, no(\"two\"))"),
            ["no two"]
        );
        assert!(of("clock.at(x); fault(x, y); at(x, y)").is_empty());
    }

    #[test]
    fn functions_of_one_name_are_told_apart_by_what_they_are_given() {
        let source = format!(
            "{REPORT} impl Runtime {{ fn at(span: Span) {{}} }} fn f() {{ Runtime::at(span); Report::at(x, \"one\") }}"
        );
        let spoken = spoken(&source);
        assert!(hidden(&spoken, &[]).is_empty());
        assert_eq!(spoken.headlines.len(), 1);
    }

    #[test]
    fn headlines_of_the_runtime_are_read() {
        assert_eq!(
            headlines(
                "#[diagnostic::on_unimplemented(label = \"x\", message = \"`{Self}` is odd\")] trait T {}"
            ),
            ["`…` is odd"]
        );
        assert_eq!(
            headlines("const fn f(x: u8) { assert!(x > 0, \"`x` is zero\"); }"),
            ["`x` is zero"]
        );
        assert!(headlines("fn f(x: u8) { assert!(x > 0, \"`x` is zero\"); }").is_empty());
        assert_eq!(
            headlines(
                "const fn p(x: u8, headline: &str) { assert!(x > 0, \"{}\", headline) } const fn f() { p(0, \"zero\") }"
            ),
            ["zero"]
        );
    }

    #[test]
    fn the_sentences_of_the_grammar_are_read() {
        let source = "impl fmt::Display for Fault { fn fmt(&self, f: &mut F) -> R { match self { A => write!(f, \"the {a}\"), B => f.write_str(\"b\") } } } \
                      impl fmt::Display for Other { fn fmt(&self, f: &mut F) -> R { f.write_str(\"c\") } }";
        assert_eq!(headlines(source), ["b", "the …"]);
    }

    #[test]
    fn tests_say_nothing() {
        assert!(
            headlines(&format!(
                "{REPORT} #[cfg(test)] mod tests {{ fn f() {{ Report::at(x, \"one\") }} }}"
            ))
            .is_empty()
        );
    }

    #[test]
    fn a_headline_that_no_case_shows() {
        let spoken = spoken(&format!(
            "{REPORT} fn f() {{ Report::at(x, \"one\"); Report::at(x, format!(\"{{x}} two\")) }}"
        ));
        assert_eq!(
            unheard(&spoken, &["one", "`x` two"], &[]),
            Vec::<String>::new()
        );
        assert_eq!(
            unheard(&spoken, &["one"], &[]),
            ["src/x.rs: no case shows \"… two\""]
        );
        assert_eq!(unheard(&spoken, &["one"], &["… two"]), Vec::<String>::new());
    }

    #[test]
    fn a_headline_that_nobody_says() {
        let spoken = [spoken(&format!(
            "{REPORT} fn f() {{ Report::at(x, \"one\") }}"
        ))];
        assert!(unspoken(&spoken, &["one"], &[]).is_empty());
        assert_eq!(
            unspoken(&spoken, &["two"], &[]),
            ["nothing in the source says \"two\""]
        );
        assert!(unspoken(&spoken, &["two"], &["two"]).is_empty());
    }

    #[test]
    fn a_headline_that_is_hidden() {
        for body in [
            "Report::at(x, made_elsewhere())",
            "Report::at(x, error.to_string())",
            "Report::at(x, TEXT)",
            "let headline = self.y(); Report::at(x, headline)",
            "let at = |headline: String| Report::at(x, headline); at(y.z())",
        ] {
            let spoken = spoken(&format!("{REPORT} fn f() {{ {body} }}"));
            assert!(
                hidden(&spoken, &[]).concat().contains("can't be read here"),
                "{body}"
            );
        }
        let spoken = spoken(&format!(
            "{REPORT} fn f() {{ Report::at(x, error.to_string()) }}"
        ));
        assert!(hidden(&spoken, &[("x.rs", "error.to_string()")]).is_empty());
        assert!(!hidden(&spoken, &[("y.rs", "error.to_string()")]).is_empty());
    }
}
