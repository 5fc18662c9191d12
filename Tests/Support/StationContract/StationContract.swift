import Foundation

/// `docs/openapi/station.yaml`, read as programs read it.
package struct StationContract: Sendable {
    /// One operation.
    package struct Operation: Sendable {
        /// Such as `GET`.
        package let method: String
        /// Such as `/v1/reads/{id}`.
        package let path: String
        /// What the file says of it.
        package let document: JSONValue

        /// `GET /v1/reads/{id}`.
        package var name: String { "\(method) \(path)" }
        /// Its `operationId`.
        package var id: String { document["operationId"]?.text ?? "" }
        /// `operator`, `administrator`.
        package var sockets: Set<String> { Set(document["x-sockets"]?.texts ?? []) }
        /// Words of `GET /v1`.
        package var features: Set<String> { Set(document["x-features"]?.texts ?? []) }
        /// Codes of the problems that it can answer.
        package var problems: Set<String> { Set(document["x-problems"]?.texts ?? []) }
        /// A command that uses it.
        package var curl: String { document["x-curl"]?.text ?? "" }
        /// Whether somebody has to be signed in on the operator socket.
        package var needsSession: Bool { document["security"] == .array([.object(["session": .array([])])]) }
        /// Documented answers by status.
        package var responses: [Int: JSONValue] {
            Dictionary(
                uniqueKeysWithValues: (document["responses"]?.members ?? [:]).compactMap { status, response in
                    Int(status).map { ($0, response) }
                })
        }
    }

    /// The whole file.
    package let document: JSONValue
    /// The file's bytes.
    package let bytes: [UInt8]

    private static let methods = ["get", "post", "put", "patch", "delete", "head", "options", "trace"]

    /// Reads the repository's file.
    package init() throws {
        let file = URL(filePath: #filePath).appending(path: "../../../../docs/openapi/station.yaml").standardized
        let data = try Data(contentsOf: file)
        bytes = Array(data)
        document = try JSONValue(yaml: String(decoding: data, as: UTF8.self))
    }

    /// Every operation, in alphabetical order.
    package var operations: [Operation] {
        (document["paths"]?.members ?? [:]).flatMap { path, item in
            Self.methods.compactMap { method in
                item[method].map { Operation(method: method.uppercased(), path: path, document: $0) }
            }
        }.sorted { $0.name < $1.name }
    }

    /// The named schemas.
    package var schemas: [String: JSONValue] { document["components"]?["schemas"]?.members ?? [:] }

    /// What a reference such as `#/components/schemas/Problem` points at; null where nothing stands.
    package func resolved(_ reference: String) -> JSONValue {
        reference.split(separator: "/").dropFirst().reduce(document) { $0[String($1)] ?? .null }
    }

    /// The value itself or what it refers to.
    package func resolved(_ value: JSONValue) -> JSONValue { value["$ref"]?.text.map(resolved) ?? value }
}
