//! A *feature* is a part of the program that a build may leave out because of its size.

/// The error for a feature that is not in this build.
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

/// The error for PostgreSQL, in a build without it.
#[cfg(not(feature = "postgres"))]
pub(crate) const NO_POSTGRES: NotBuiltIn = NotBuiltIn {
    what: "PostgreSQL",
    feature: "postgres",
};

/// The error for Parquet, in a build without it.
pub(crate) const NO_PARQUET: NotBuiltIn = NotBuiltIn {
    what: "Parquet",
    feature: "parquet",
};
