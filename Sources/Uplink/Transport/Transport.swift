package import StationCore

/// One field of a request's or reply's head.
package struct HeaderField: Hashable, Sendable {
    /// Its name, in whatever case it came.
    package let name: String
    /// Its value.
    package let value: String

    /// Makes a field.
    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// A request to upstream.
package struct UpstreamRequest: Sendable {
    /// `GET` or `POST`.
    package let method: String
    /// The path below the base, beginning with a slash.
    package let path: String
    /// The head, without what the transport itself adds (`Host`, `Content-Length`).
    package let fields: [HeaderField]
    /// The body, read while it is written.
    package let body: any BodySource
    /// Bytes of the body; 0 for a request without one.
    package let size: Int
    /// Largest body of a reply; a longer one is not upstream's.
    package let replyBodyBytes: Int
    /// So many bytes of the body are written at once.
    package let pieceBytes: Int

    /// Makes a request.
    package init(
        method: String, path: String, fields: [HeaderField] = [], body: any BodySource, replyBodyBytes: Int,
        pieceBytes: Int = Limits.Uplink.pieceBytes
    ) {
        self.method = method
        self.path = path
        self.fields = fields
        self.body = body
        size = body.size
        self.replyBodyBytes = replyBodyBytes
        self.pieceBytes = pieceBytes
    }

    /// Makes a request with a small body, or none.
    package init(
        method: String, path: String, fields: [HeaderField] = [], chunks: [[UInt8]] = [], replyBodyBytes: Int
    ) {
        self.init(
            method: method, path: path, fields: fields, body: ChunkBody(chunks: chunks),
            replyBodyBytes: replyBodyBytes)
    }

    /// How long the whole exchange may take: more for more bytes, so that a slow link is not cut by its own pace.
    package var duration: Duration {
        Limits.Uplink.replyDuration + .milliseconds(size * 1_000 / Limits.Uplink.slowestBytesPerSecond)
    }
}

/// A complete reply within the bounds of its request.
package struct UpstreamReply: Hashable, Sendable {
    /// The status code.
    package let status: Int
    /// The head.
    package let fields: [HeaderField]
    /// The body.
    package let body: [UInt8]

    /// Makes a reply.
    package init(status: Int, fields: [HeaderField], body: [UInt8]) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// The value of a field that stands exactly once; nil otherwise.
    package func value(_ name: String) -> String? {
        let values = fields.filter { $0.name.lowercased() == name.lowercased() }
        return values.count == 1 ? values[0].value : nil
    }
}

/// An exchange without a complete reply.
package struct TransportFault: Error, Hashable, Sendable {
    /// What went wrong, by the product's one table.
    package let code: FailureCode
    /// Whether some of the body may have reached upstream, so that the items' fate must be asked.
    package let mayHaveArrived: Bool
    /// What is known of this occurrence; never personal.
    package let detail: String

    /// Makes a fault.
    package init(_ code: FailureCode, mayHaveArrived: Bool, _ detail: String) {
        self.code = code
        self.mayHaveArrived = mayHaveArrived
        self.detail = detail
    }
}

/// The way to upstream; another ministry interface is another implementation.
package protocol Transport: Sendable {
    /// Sends a request and collects its reply.
    ///
    /// Throws `TransportFault` when there is no complete reply, `CancellationError` when the task is cancelled.
    func send(_ request: UpstreamRequest) async throws -> UpstreamReply
}
