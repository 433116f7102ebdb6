//! The checks of `[synchronization.fields]`.

use std::collections::BTreeMap;

use super::checker::Checker;
use crate::options::error::OptionsError;
use crate::options::fields::{
    ESSENTIAL, Fields, Pair, Property, PropertyKind, Shipped, SyncDirection,
};
use crate::options::file::{FieldsSection, PairSection};

/// A pair of the options file, and the steps to its key.
struct Written<'r> {
    key: Vec<&'r str>,
    section: PairSection,
}

/// Pairs of the options file, by the names of their properties.
type Pairs<'r> = BTreeMap<&'r str, Written<'r>>;

impl Checker<'_> {
    /// Returns the default pairs, with those of each section laid over them. Each section has the steps to its key.
    pub(super) fn fields(
        &self,
        sections: &[(&[&str], &FieldsSection)],
    ) -> Result<Fields, OptionsError> {
        let shipped = Shipped::read().map_err(|error| OptionsError {
            file: "rules/fields.toml".into(),
            place: None,
            message: error.message().into(),
        })?;
        let of = |kind| self.pairs(kind, &written(kind, sections), &shipped);
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
        for (name, pair) in own {
            pairs.push((Some(*name), self.own(&pair.key, &pair.section, shipped)?));
        }
        pairs.sort_by_key(|(_, pair)| pair.property);
        self.are_single(&pairs, own)?;
        Ok(pairs.into_iter().map(|(_, pair)| pair).collect())
    }

    /// Checks a pair of the options file. A key that is not set keeps the value of the default pair.
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
                "`{name}` is not a vCard property that a pair can have (expected one of {})",
                known.join(", ")
            );
            return self.error(self.at.key_of(key), message);
        };
        let ships = shipped.pairs(kind).get(property.name());
        let column = section.field.as_deref();
        let Some(column) = column.or(ships.map(|pair| &*pair.field)) else {
            let message = format!(
                "`{name}` has no default column of a {kind}: name one with `field`, such as `{{ field = \"cr4f2_badge\", direction = \"to-crm\" }}`"
            );
            return self.error(self.at.key_of(key), message);
        };
        let direction = section.direction.or(ships.map(|pair| pair.direction));
        self.pair(
            Some(key),
            kind,
            property,
            column,
            direction.unwrap_or(SyncDirection::Both),
            shipped,
        )
    }

    fn pair(
        &self,
        key: Option<&[&str]>,
        kind: &str,
        property: Property,
        column: &str,
        direction: SyncDirection,
        shipped: &Shipped,
    ) -> Result<Pair, OptionsError> {
        let place = key.and_then(|key| self.at.key_of(key));
        let Some(holds) = shipped.kind_of(kind, column) else {
            let message = format!(
                "`{column}` is not a column of a {kind} that a pair can have (expected one that rules/fields.toml lists, or a custom column, `prefix_name`)"
            );
            return self.error(place, message);
        };
        if holds != PropertyKind::Text && holds != property.kind() {
            let fitting: Vec<&str> = Property::ALL
                .iter()
                .filter(|(_, property)| property.kind() == holds)
                .map(|(name, _)| *name)
                .collect();
            let message = format!(
                "`{}` cannot be copied to the column `{column}`, which takes {}",
                property.name(),
                fitting.join(", ")
            );
            return self.error(place, message);
        }
        if ESSENTIAL.contains(&column) && !direction.reaches_crm() {
            let message = format!(
                "`{column}` is written for every created {kind}: its direction is \"both\" or \"to-crm\", not \"{}\"",
                direction.name()
            );
            return self.error(place, message);
        }
        Ok(Pair {
            property,
            column: column.into(),
            kind: holds,
            direction,
        })
    }

    /// Checks that a property has one pair, and a column one property. Pairs with the direction `none` do not count for
    /// the latter.
    fn are_single(
        &self,
        pairs: &[(Option<&str>, Pair)],
        own: &Pairs<'_>,
    ) -> Result<(), OptionsError> {
        for (index, (name, pair)) in pairs.iter().enumerate() {
            for (other_name, other) in &pairs[..index] {
                let twice = pair.property == other.property;
                let moves =
                    pair.direction != SyncDirection::None && other.direction != SyncDirection::None;
                let shares = moves && pair.column == other.column;
                if !twice && !shares {
                    continue;
                }
                let (named, property) = match name {
                    Some(name) => (*name, other.property.name()),
                    None => (other_name.unwrap_or_default(), pair.property.name()),
                };
                let message = if twice {
                    format!("`{named}` has a pair already: a property has one")
                } else {
                    format!(
                        "`{}` is also the column of `{property}`, and a column has one property: give `{property}` another `field`, or `direction = \"none\"`",
                        pair.column
                    )
                };
                let place = own.get(named).and_then(|pair| self.at.key_of(&pair.key));
                return self.error(place, message);
            }
        }
        Ok(())
    }
}

/// Returns the pairs that the sections have for a record type, later sections laid over earlier ones.
fn written<'r>(kind: &'r str, sections: &[(&[&'r str], &'r FieldsSection)]) -> Pairs<'r> {
    let mut pairs = Pairs::new();
    for (steps, section) in sections {
        for (name, pair) in section.of(kind) {
            let mut key = steps.to_vec();
            key.extend([kind, name.as_str()]);
            let base = pairs
                .get(name.as_str())
                .map(|below: &Written<'_>| &below.section);
            let section = base.map_or_else(|| pair.clone(), |base| pair.over(base));
            pairs.insert(name.as_str(), Written { key, section });
        }
    }
    pairs
}
