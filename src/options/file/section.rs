//! The macro that makes a section of the options file from one list of its keys.

/// Declares a section of the options file by its keys, each with its doc comment, its type and its default. This is
/// the only place where the default of a key is written in code; a test compares it with `rules/default.toml`.
///
/// For example,
///
/// ```text
/// section! {
///     /// `[local_data]`: how fresh the local copy is.
///     LocalDataSection => LocalDataValues {
///         /// Age from which a built book is rebuilt.
///         interval: String = "never".into(),
///     }
/// }
/// ```
///
/// expands to the section as a user may write it, in which every key is optional,
///
/// ```text
/// /// `[local_data]`: how fresh the local copy is.
/// #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
/// #[serde(deny_unknown_fields, default)]
/// pub struct LocalDataSection {
///     /// Age from which a built book is rebuilt.
///     #[serde(skip_serializing_if = "Option::is_none")]
///     pub interval: Option<String>,
/// }
/// ```
///
/// to the same section with a value for every key, whose `Default` has the defaults,
///
/// ```text
/// #[derive(Clone, Debug, PartialEq)]
/// pub struct LocalDataValues {
///     pub interval: String,
/// }
///
/// impl Default for LocalDataValues {
///     fn default() -> LocalDataValues {
///         LocalDataValues { interval: "never".into() }
///     }
/// }
/// ```
///
/// and to the conversions between them:
///
/// ```text
/// impl LocalDataSection {
///     pub fn over(self, base: LocalDataValues) -> LocalDataValues {
///         LocalDataValues { interval: self.interval.unwrap_or(base.interval) }
///     }
/// }
///
/// impl From<LocalDataValues> for LocalDataSection {
///     fn from(values: LocalDataValues) -> LocalDataSection {
///         LocalDataSection { interval: Some(values.interval) }
///     }
/// }
/// ```
///
/// Attributes of the section and of its keys, such as `#[schemars(range(min = 1))]`, are those of the first struct. The
/// tables within a section follow its keys, each with both of its types:
/// `tables { smart: SmartSection => SmartValues, }`.
macro_rules! section {
    (
        $(#[$section_attribute:meta])*
        $section:ident => $values:ident {
            $(
                $(#[$key_attribute:meta])*
                $key:ident: $type:ty = $default:expr,
            )*
        }
        $(tables {
            $(
                $(#[$table_attribute:meta])*
                $table:ident: $table_section:ty => $table_values:ty,
            )*
        })?
    ) => {
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields, default)]
        $(#[$section_attribute])*
        pub struct $section {
            $(
                $(#[$key_attribute])*
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $key: Option<$type>,
            )*
            $($(
                $(#[$table_attribute])*
                pub $table: $table_section,
            )*)?
        }

        #[doc = concat!("A [`", stringify!($section), "`] with a value for every key.")]
        #[derive(Clone, Debug, PartialEq)]
        pub struct $values {
            $(pub $key: $type,)*
            $($(pub $table: $table_values,)*)?
        }

        impl Default for $values {
            /// Returns the defaults.
            fn default() -> $values {
                $values {
                    $($key: $default,)*
                    $($($table: <$table_values>::default(),)*)?
                }
            }
        }

        impl $section {
            /// Lays this section over `base`: a key that is not set keeps the value that it has there.
            pub fn over(self, base: $values) -> $values {
                $values {
                    $($key: self.$key.unwrap_or(base.$key),)*
                    $($($table: self.$table.over(base.$table),)*)?
                }
            }
        }

        impl From<$values> for $section {
            /// Sets every key.
            fn from(values: $values) -> $section {
                $section {
                    $($key: Some(values.$key),)*
                    $($($table: values.$table.into(),)*)?
                }
            }
        }
    };
}

pub(super) use section;
