//! What several tests need.

/// The error is of this kind, and its text holds these words.
macro_rules! refused {
    ($result:expr, $kind:pat $(if $guard:expr)?, $($word:literal),+) => {{
        let error = $result.map(|_| ()).expect_err("this must be refused");
        assert!(matches!(error.kind(), $kind $(if $guard)?), "{error:?}");
        let text = error.to_string();
        $(assert!(text.contains($word), "{:?} is not in: {text}", $word);)+
    }};
}
