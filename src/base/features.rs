//! A *feature* is a part of the program that a build may leave out, because it is heavy.

/// What this build cannot do.
#[derive(Debug, thiserror::Error)]
#[error(
    "this mailtrack was built without {what}; build it with `cargo build --release --features {feature}`"
)]
pub(crate) struct NotBuiltIn {
    /// What the feature is for.
    pub what: &'static str,
    /// The feature's name.
    pub feature: &'static str,
}

/// PostgreSQL, in a build that leaves it out.
#[cfg(not(feature = "postgres"))]
pub(crate) const NO_POSTGRES: NotBuiltIn = NotBuiltIn {
    what: "PostgreSQL",
    feature: "postgres",
};

/// Parquet, likewise.
pub(crate) const NO_PARQUET: NotBuiltIn = NotBuiltIn {
    what: "Parquet",
    feature: "parquet",
};
