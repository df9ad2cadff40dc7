//! A value can be read back from what is written: hence no two values look alike.

use cached_key::{Group, Key, KeyMemory, KeyWriter, Part, Template, ValueWriter};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::cases;
use crate::texts::{any_value, template};

/// What the types of a program's parameters come down to.
#[derive(Clone, Debug)]
enum Shape {
    Text,
    Integer,
    Optional(Box<Self>),
    Pair(Box<Self>, Box<Self>),
    List(Box<Self>),
}

#[derive(Clone, PartialEq, Debug)]
enum Value {
    Text(String),
    Integer(i64),
    Missing,
    Present(Box<Self>),
    Group(Vec<Self>),
}

fn shape() -> impl Strategy<Value = Shape> {
    prop_oneof![3 => Just(Shape::Text), 1 => Just(Shape::Integer)].prop_recursive(
        4,
        8,
        2,
        |inner| {
            let pair = (inner.clone(), inner.clone());
            prop_oneof![
                2 => inner.clone().prop_map(|shape| Shape::Optional(Box::new(shape))),
                1 => pair.prop_map(|(one, other)| Shape::Pair(Box::new(one), Box::new(other))),
                1 => inner.prop_map(|shape| Shape::List(Box::new(shape))),
            ]
        },
    )
}

fn value(shape: &Shape) -> BoxedStrategy<Value> {
    match shape {
        Shape::Text => any_value().prop_map(Value::Text).boxed(),
        Shape::Integer => any::<i64>().prop_map(Value::Integer).boxed(),
        Shape::Optional(inner) => {
            let present = value(inner).prop_map(|value| Value::Present(Box::new(value)));
            prop_oneof![Just(Value::Missing), present].boxed()
        }
        Shape::Pair(one, other) => (value(one), value(other))
            .prop_map(|(one, other)| Value::Group(vec![one, other]))
            .boxed(),
        Shape::List(inner) => vec(value(inner), 0..4).prop_map(Value::Group).boxed(),
    }
}

fn shaped_value() -> impl Strategy<Value = (Shape, Value)> {
    shape().prop_flat_map(|shape| value(&shape).prop_map(move |value| (shape.clone(), value)))
}

fn write(writer: &mut ValueWriter<'_>, value: &Value) {
    match value {
        Value::Text(text) => writer.str(text),
        Value::Integer(number) => writer.signed(*number),
        Value::Missing => writer.none(),
        Value::Present(value) => writer.some(|writer| write(writer, value)),
        Value::Group(values) => writer.group(|group: &mut Group<'_>| {
            for value in values {
                group.item(|writer| write(writer, value));
            }
        }),
    }
}

fn render(value: &Value) -> String {
    let mut memory = KeyMemory::new();
    let mut key = KeyWriter::new(&mut memory);
    key.value(|writer| write(writer, value));
    String::from_utf8(key.as_bytes().to_vec()).unwrap()
}

fn read(shape: &Shape, text: &str) -> Value {
    match shape {
        Shape::Text if text == "%_" => Value::Text(String::new()),
        Shape::Text => Value::Text(unescape(text)),
        Shape::Integer => Value::Integer(text.parse().unwrap()),
        Shape::Optional(_) if text == "%-" => Value::Missing,
        Shape::Optional(inner) => Value::Present(Box::new(read(
            inner,
            text.strip_prefix("%-").unwrap_or(text),
        ))),
        Shape::Pair(one, other) => match items(text).as_slice() {
            [first, second] => Value::Group(vec![read(one, first), read(other, second)]),
            more => panic!("{more:?}"),
        },
        Shape::List(inner) => Value::Group(
            items(text)
                .into_iter()
                .map(|item| read(inner, item))
                .collect(),
        ),
    }
}

fn items(group: &str) -> Vec<&str> {
    let inside = group
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
        .unwrap();
    let mut depth = 0;
    let is_separator = |c: char| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        c == ',' && depth == 0
    };
    if inside.is_empty() {
        Vec::new()
    } else {
        inside.split(is_separator).collect()
    }
}

fn unescape(text: &str) -> String {
    let mut bytes = text.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
                let digits = std::str::from_utf8(&digits).unwrap();
                assert_eq!(digits, digits.to_uppercase());
                u8::from_str_radix(digits, 16).unwrap()
            }
            other => other,
        });
    }
    String::from_utf8(decoded).unwrap()
}

fn is_forbidden(c: char) -> bool {
    ":*<>?[]{}\\".contains(c) || c.is_whitespace() || c.is_control()
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_value_can_be_read_back((shape, value) in shaped_value()) {
        let text = render(&value);
        prop_assert_eq!(read(&shape, &text), value);
        prop_assert!(!text.is_empty() && !text.contains(is_forbidden), "{}", text);
    }

    #[test]
    fn values_of_one_type_look_alike_only_when_they_are(
        (one, other) in shape().prop_flat_map(|shape| (value(&shape), value(&shape))),
    ) {
        prop_assert_eq!(render(&one) == render(&other), one == other);
    }

    #[test]
    fn text_pieces_of_a_display_make_one_value(pieces in vec(any_value(), 0..4)) {
        struct Pieces<'a>(&'a [String]);
        impl std::fmt::Display for Pieces<'_> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.iter().try_for_each(|piece| f.write_str(piece))
            }
        }

        let mut memory = KeyMemory::new();
        let mut key = KeyWriter::new(&mut memory);
        key.value(|writer| writer.display(&Pieces(&pieces)));
        let text = render(&Value::Text(pieces.concat()));
        prop_assert_eq!(key.as_bytes(), text.as_bytes());
    }

    #[test]
    fn a_rendered_template_is_a_key_and_tells_its_values(
        text in template(),
        one in vec(any_value(), 8),
        other in vec(any_value(), 8),
    ) {
        let template = Template::parse(&text).unwrap();
        let render = |values: &[String]| {
            let mut values = values.iter();
            let mut memory = KeyMemory::new();
            let mut key = KeyWriter::new(&mut memory);
            for part in template.parts() {
                match part {
                    Part::Text(text) => key.text(text),
                    Part::Value(_) => key.value(|writer| writer.str(values.next().unwrap())),
                }
            }
            Key::from(&key)
        };
        let count = template.placeholders().count();
        let key = render(&one);
        prop_assert_eq!(key.cache(), template.cache());
        prop_assert_eq!(Key::parse(key.as_str()), Ok(key.clone()));
        prop_assert_eq!(key == render(&other), one[..count] == other[..count]);
    }

    #[test]
    fn a_short_key_is_short_and_its_own(
        start in "[a-z]{1,3}:[a-zé]{900,1100}",
        one in "[a-zé]{0,200}",
        other in "[a-zé]{0,200}",
    ) {
        let key = |end: &str| Key::parse(&format!("{start}{end}")).unwrap();
        let (left, right) = (key(&one), key(&other));
        prop_assert!(left.short().len() <= 1_024);
        prop_assert_eq!(left.short() == right.short(), one == other);
    }
}
