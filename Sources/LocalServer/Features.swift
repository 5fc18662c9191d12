/// The words of `GET /v1`, as docs/openapi/station.yaml explains them.
package enum Features {
    /// On both sockets.
    private static let common = [
        "description", "contract", "status", "readers", "events", "operators", "shifts", "applications", "decisions",
        "issues",
    ]
    /// On the operator socket.
    package static let operators =
        common + [
            "reads", "read-records", "sign-in", "co-signatures", "application-verbs", "amendments", "withdrawals",
            "find", "exports", "receipt-imports", "media", "manual-entry", "matches", "attachments",
        ]
    /// On the administrator socket.
    package static let administrators =
        common + ["imports", "receipt-exports", "transmission", "audit", "missing", "data-key"]
}
