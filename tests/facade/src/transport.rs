use std::sync::Mutex;

use cryptopocket::{
    BoxFuture, Bytes, HeaderMap, HeaderValue, Method, Sent, Transport, TransportError, TransportErrorKind,
    WireRequest, WireResponse,
};

/// A transport to a provider that creates payments and loses the replies.
#[derive(Debug, Default)]
pub struct LossyTransport {
    calls: Mutex<Vec<(&'static str, Method)>>,
}

impl LossyTransport {
    /// The number of requests of an operation.
    ///
    /// # Panics
    ///
    /// If another thread panicked while it sent a request.
    pub fn calls(&self, operation: &str) -> usize {
        let calls = self.calls.lock().expect("no panic while locked");
        calls.iter().filter(|(id, _)| *id == operation).count()
    }

    fn answer(&self, operation: &str) -> Result<&'static str, TransportError> {
        Ok(match operation {
            "authenticate" => r#"{"status":"ok","data":{"token":"t-1","expires_in":3600}}"#,
            "list_payments" => {
                r#"{"status":"ok","data":[{"id":"p1","external_id":"order-1","user_id":"7","status":"started",
                    "fiat_amount":24000,"fiat_symbol":"EUR","coin_symbol":"USDC","coin_amount":257.29,
                    "created_at":"2026-06-20T10:15:30Z"}],"pagination":{"current_page":1,"last_page":1}}"#
            }
            "get_payment" if self.calls("get_payment") < 3 => {
                r#"{"status":"ok","data":{"id":"p1","external_id":"order-1","user_id":"7","status":"started",
                    "fiat_amount":24000,"fiat_symbol":"EUR","coin_symbol":"USDC","coin_amount":257.29,
                    "created_at":"2026-06-20T10:15:30Z"}}"#
            }
            "get_payment" => {
                r#"{"status":"ok","data":{"id":"p1","external_id":"order-1","user_id":"7","status":"coins_sent",
                    "fiat_amount":24000,"fiat_symbol":"EUR","coin_symbol":"USDC","coin_amount":257.29,
                    "created_at":"2026-06-20T10:15:30Z","txid":"0x8f2d"}}"#
            }
            _ => {
                let kind = TransportErrorKind::Interrupted;
                return Err(TransportError::new(Sent::Maybe, kind, "connection reset"));
            }
        })
    }
}

impl Transport for LossyTransport {
    fn send(&self, request: WireRequest) -> BoxFuture<'_, Result<WireResponse, TransportError>> {
        self.calls
            .lock()
            .expect("no panic while locked")
            .push((request.operation, request.method.clone()));
        let answer = self.answer(request.operation);
        Box::pin(async move {
            let mut headers = HeaderMap::new();
            headers.insert("content-type", HeaderValue::from_static("application/json"));
            Ok(WireResponse {
                status: 200,
                headers,
                body: Bytes::from_static(answer?.as_bytes()),
            })
        })
    }
}
