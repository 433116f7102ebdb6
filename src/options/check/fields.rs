//! The checks of `[synchronization.fields]`.

use std::collections::BTreeMap;

use super::Checker;
use crate::fields::{ESSENTIAL, Fields, Kind, Pair, Property, Shipped, Way};
use crate::options::OptionsError;
use crate::options::file::{FieldsSection, PairSection};

impl Checker<'_> {
    pub(super) fn fields(&self, read: &FieldsSection) -> Result<Fields, OptionsError> {
        let shipped = Shipped::read().map_err(|error| OptionsError {
            file: "rules/fields.toml".into(),
            place: None,
            message: error.message().into(),
        })?;
        Ok(Fields {
            contact: self.pairs("contact", &read.contact, &shipped)?,
            lead: self.pairs("lead", &read.lead, &shipped)?,
        })
    }

    fn pairs(
        &self,
        kind: &str,
        own: &BTreeMap<String, PairSection>,
        shipped: &Shipped,
    ) -> Result<Vec<Pair>, OptionsError> {
        let mut pairs = Vec::new();
        for (name, pair) in shipped.pairs(kind) {
            let is_laid_over = own.keys().any(|key| key.eq_ignore_ascii_case(name));
            if let Some(property) = Property::named(name).filter(|_| !is_laid_over) {
                pairs.push((
                    None,
                    self.pair(None, kind, property, &pair.field, pair.direction, shipped)?,
                ));
            }
        }
        for (name, section) in own {
            let key = ["synchronization", "fields", kind, name.as_str()];
            pairs.push((Some(name.as_str()), self.own(&key, section, shipped)?));
        }
        pairs.sort_by_key(|(_, pair)| pair.property);
        self.are_single(kind, &pairs)?;
        Ok(pairs.into_iter().map(|(_, pair)| pair).collect())
    }

    /// A pair of the options file, with what ships where it says nothing.
    fn own(
        &self,
        key: &[&str; 4],
        section: &PairSection,
        shipped: &Shipped,
    ) -> Result<Pair, OptionsError> {
        let [.., kind, name] = *key;
        let Some(property) = Property::named(name) else {
            let known: Vec<&str> = Property::ALL.iter().map(|(name, _)| *name).collect();
            let message = format!(
                "`{name}` is no vCard property of a pair; there are {}",
                known.join(", ")
            );
            return self.error(self.at.key_of(key), message);
        };
        let ships = shipped.pairs(kind).get(property.name());
        let column = section.field.as_deref();
        let Some(column) = column.or(ships.map(|pair| &*pair.field)) else {
            let message = format!(
                "`{name}` ships with no column of a {kind}: say one with `field`, such as `{{ field = \"cr4f2_badge\", direction = \"to-crm\" }}`"
            );
            return self.error(self.at.key_of(key), message);
        };
        let way = section.direction.or(ships.map(|pair| pair.direction));
        self.pair(
            Some(key),
            kind,
            property,
            column,
            way.unwrap_or(Way::Both),
            shipped,
        )
    }

    fn pair(
        &self,
        key: Option<&[&str; 4]>,
        kind: &str,
        property: Property,
        column: &str,
        way: Way,
        shipped: &Shipped,
    ) -> Result<Pair, OptionsError> {
        let place = key.and_then(|key| self.at.key_of(key));
        let Some(holds) = shipped.kind_of(kind, column) else {
            let message = format!(
                "`{column}` is no column of a {kind} that a pair can name; rules/fields.toml lists them, and one's own are `prefix_name`"
            );
            return self.error(place, message);
        };
        if holds != Kind::Text && holds != property.kind() {
            let fitting: Vec<&str> = Property::ALL
                .iter()
                .filter(|(_, property)| property.kind() == holds)
                .map(|(name, _)| *name)
                .collect();
            let message = format!(
                "`{}` cannot be the column `{column}`, which takes {}",
                property.name(),
                fitting.join(", ")
            );
            return self.error(place, message);
        }
        if ESSENTIAL.contains(&column) && !way.reaches_crm() {
            let message = format!(
                "`{column}` is written with every created {kind}: its direction can be \"both\" or \"to-crm\", not \"{}\"",
                way.name()
            );
            return self.error(place, message);
        }
        Ok(Pair {
            property,
            column: column.into(),
            kind: holds,
            way,
        })
    }

    /// A column has one property, and a property one pair. Pairs that move nothing do not count.
    fn are_single(&self, kind: &str, pairs: &[(Option<&str>, Pair)]) -> Result<(), OptionsError> {
        for (index, (name, pair)) in pairs.iter().enumerate() {
            for (other_name, other) in &pairs[..index] {
                let twice = pair.property == other.property;
                let moves = pair.way != Way::None && other.way != Way::None;
                let shares = moves && pair.column == other.column;
                if !twice && !shares {
                    continue;
                }
                let (named, property) = match name {
                    Some(name) => (*name, other.property.name()),
                    None => (other_name.unwrap_or_default(), pair.property.name()),
                };
                let message = if twice {
                    format!("`{named}` has a pair already; a property has one")
                } else {
                    format!(
                        "`{}` is the column of `{property}` too, and a column has one property: give that another `field`, or `direction = \"none\"`",
                        pair.column
                    )
                };
                let key = ["synchronization", "fields", kind, named];
                return self.error(self.at.key_of(&key), message);
            }
        }
        Ok(())
    }
}
