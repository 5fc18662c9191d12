import HTTPTypes
import Hummingbird
import NIOCore
import StationAPI
import StationCore

/// The daemon's read-only answers, as the page gets them.
struct StationGateway: Sendable {
    let station: StationClient
    let relay: EventRelay

    /// Only what can be a read's id reaches the daemon.
    func readID(_ text: String) throws(Problem) -> String {
        let allowed = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard allowed, (1...64).contains(text.utf8.count) else { throw Problem(.readUnknown) }
        return text
    }

    /// `GET /api/applications?state=&after=`
    func applications(_ query: Parameters) async throws(Problem) -> Response {
        var after: Int64?
        if let text = query["after"] {
            guard let number = Int64(text), number >= 0 else { throw Problem(.requestMalformed, "after") }
            after = number
        }
        return try .json(try await station.applications(state: query["state"].map(String.init), after: after))
    }

    /// `GET /api/reads/{id}/portrait`: only what a browser shows as a picture is passed on.
    func portrait(_ id: String) async throws(Problem) -> Response {
        let (bytes, mediaType) = try await station.portrait(id)
        guard ["image/png", "image/jpeg"].contains(mediaType) else {
            throw Problem(Failure(.portraitUndecodable, "media type"), status: 502)
        }
        return .bytes(bytes, type: mediaType)
    }

    /// `GET /api/events`: resumes behind `Last-Event-ID`.
    func events(_ request: Request) throws(Problem) -> Response {
        var after: Int64?
        if let text = request.headers[.named("Last-Event-ID")] {
            guard let number = Int64(text), number >= 0 else { throw Problem(.requestMalformed, "Last-Event-ID") }
            after = number
        }
        let body = ResponseBody { [relay, station, after] writer in
            try await request.body.consumeWithCancellationOnInboundClose { _ in
                try await relay.run(from: station, after: after, to: &writer)
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: "text/event-stream"], body: body)
    }
}
