//! Properties of units, as a message has them: `a(sv)`.

use trunc_plan::host_ops::UnitProperty;
use zbus::Variant;

/// Name and value.
pub type Property<'a> = (&'a str, Variant<'a>);

/// One property.
pub fn property(property: &UnitProperty) -> Property<'_> {
    match property {
        UnitProperty::Text { name, value } => (name, Variant::new(&**value)),
        UnitProperty::Texts { name, value } => (name, Variant::new(texts(value))),
        UnitProperty::Flag { name, value } => (name, Variant::new(*value)),
        UnitProperty::Number { name, value } => (name, Variant::new(value.0)),
        UnitProperty::Integer { name, value } => (name, Variant::new(value.0)),
        UnitProperty::Bytes { name, value } => (name, Variant::new(value.0.as_slice())),
        UnitProperty::Pairs { name, keys, values } => {
            let pairs: Vec<(&str, &str)> = texts(keys).into_iter().zip(texts(values)).collect();
            (name, Variant::new(pairs))
        }
    }
}

fn texts(list: &[String]) -> Vec<&str> {
    list.iter().map(String::as_str).collect()
}
