//! Running a behaviour on each store.

/// Makes a test of each function on each store; the first expression makes the one in memory.
macro_rules! on_each_store {
    ($memory:expr; $($name:ident)+) => {
        mod memory {
            $(#[tokio::test]
            async fn $name() {
                super::$name($memory).await;
            })+
        }

        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                let folder = tempfile::tempdir().unwrap();
                super::$name(crate::stage::sqlite(&folder).await).await;
            })+
        }

        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                let Some(cluster) = crate::cluster::shared() else { return };
                super::$name(cluster.store().await).await;
            })+
        }
    };
}
