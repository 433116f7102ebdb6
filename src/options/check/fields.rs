//! The checks of `[synchronization.fields]`.

use std::collections::BTreeMap;

use super::checker::Checker;
use crate::options::error::OptionsError;
use crate::options::fields::{ESSENTIAL, Fields, Kind, Pair, Property, Shipped, Way};
use crate::options::file::{FieldsSection, PairSection};

/// A pair that the options file says, and the steps to its key.
struct Said<'r> {
    key: Vec<&'r str>,
    section: PairSection,
}

/// Pairs by their properties' names.
type Pairs<'r> = BTreeMap<&'r str, Said<'r>>;

impl Checker<'_> {
    /// The pairs that ship, with those of each section laid over them; each section with the steps to it.
    pub(super) fn fields(
        &self,
        sections: &[(&[&str], &FieldsSection)],
    ) -> Result<Fields, OptionsError> {
        let shipped = Shipped::read().map_err(|error| OptionsError {
            file: "rules/fields.toml".into(),
            place: None,
            message: error.message().into(),
        })?;
        let of = |kind| self.pairs(kind, &said(kind, sections), &shipped);
        Ok(Fields {
            contact: of("contact")?,
            lead: of("lead")?,
        })
    }

    fn pairs(
        &self,
        kind: &str,
        own: &Pairs<'_>,
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
        for (name, said) in own {
            pairs.push((Some(*name), self.own(&said.key, &said.section, shipped)?));
        }
        pairs.sort_by_key(|(_, pair)| pair.property);
        self.are_single(&pairs, own)?;
        Ok(pairs.into_iter().map(|(_, pair)| pair).collect())
    }

    /// A pair of the options file, with what ships where it says nothing.
    fn own(
        &self,
        key: &[&str],
        section: &PairSection,
        shipped: &Shipped,
    ) -> Result<Pair, OptionsError> {
        let &[.., kind, name] = key else {
            return self.error(None, "a pair has a record type and a property".into());
        };
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
        key: Option<&[&str]>,
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
    fn are_single(
        &self,
        pairs: &[(Option<&str>, Pair)],
        own: &Pairs<'_>,
    ) -> Result<(), OptionsError> {
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
                let place = own.get(named).and_then(|said| self.at.key_of(&said.key));
                return self.error(place, message);
            }
        }
        Ok(())
    }
}

/// What the sections say of a record type, later ones laid over earlier ones.
fn said<'r>(kind: &'r str, sections: &[(&[&'r str], &'r FieldsSection)]) -> Pairs<'r> {
    let mut pairs = Pairs::new();
    for (steps, section) in sections {
        for (name, pair) in section.of(kind) {
            let mut key = steps.to_vec();
            key.extend([kind, name.as_str()]);
            let base = pairs
                .get(name.as_str())
                .map(|said: &Said<'_>| &said.section);
            let section = base.map_or_else(|| pair.clone(), |base| pair.over(base));
            pairs.insert(name.as_str(), Said { key, section });
        }
    }
    pairs
}
