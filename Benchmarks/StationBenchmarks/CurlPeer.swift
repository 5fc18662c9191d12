import Foundation
import NIOCore
import StationBench
import StationCore

/// curl with the batches that a station sent, in their order, over one connection.
struct CurlPeer {
    /// How many requests that are.
    let transfers: Int
    private let place: String

    /// Writes bodies and curl's list of transfers.
    /// - Parameters:
    ///   - batches: those whose bodies were kept.
    ///   - place: a directory for them.
    ///   - enrolment: the station's, with its certificate.
    ///   - port: of the receiver on localhost.
    init(_ batches: [FastReceiver.Batch], place: String, enrolment: String, port: Int) throws {
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        var texts: [String] = []
        for (index, batch) in batches.enumerated() {
            guard let body = batch.body else { continue }
            let file = "\(place)/\(index)"
            try Data(body.readableBytesView).write(to: URL(fileURLWithPath: file))
            let fields = (batch.fields + [("Expect", "")]).map { name, value in
                "header = \"\(name):\(value.isEmpty ? "" : " ")\(value.replacing("\"", with: "\\\""))\""
            }
            texts.append(
                """
                url = "https://localhost:\(port)/v1/intake/batches"
                request = "POST"
                upload-file = "\(file)"
                output = "/dev/null"
                cacert = "\(enrolment)/ca.pem"
                cert = "\(enrolment)/client.pem"
                key = "\(enrolment)/client.key"
                tlsv1.3
                http1.1
                silent
                fail
                \(fields.joined(separator: "\n"))
                """)
        }
        try texts.joined(separator: "\nnext\n").write(toFile: place + "/list", atomically: true, encoding: .utf8)
        transfers = texts.count
        self.place = place
    }

    /// Sends them all once.
    func send() async throws {
        let output = try await ManagedProcess.run(Command("/usr/bin/curl", ["-q", "-K", place + "/list"]))
        guard output.status == .exited(0) else {
            throw Failure(.internalFault, "curl: \(output.status) \(output.error.suffix(2))")
        }
    }

    func remove() throws { try FileManager.default.removeItem(atPath: place) }
}
