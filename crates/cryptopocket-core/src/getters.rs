/// Writes methods that return a part of `self`: `pub name: Type = expression of the part;`.
macro_rules! getters {
    (|$this:ident| $($(#[$doc:meta])* $visible:vis $name:ident: $type:ty = $value:expr;)+) => {$(
        $(#[$doc])*
        $visible fn $name(&self) -> $type {
            let $this = self;
            $value
        }
    )+};
}

pub(crate) use getters;
