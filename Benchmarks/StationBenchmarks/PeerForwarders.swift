import Foundation
import StationBench
import StationCore

/// syslog-ng's http destination and rsyslog's only HTTP output that Debian packages, omelasticsearch, each as
/// `scripts/unpack-peers` took it from its package. Each reads lines of as many bytes as a sealed item has in base64 from
/// a file and posts them in batches over the same TLS. Neither keeps a receipt or a state per message.
struct PeerForwarders {
    let layout: StationLayout
    let enrolment: String
    let receiver: FastReceiver
    let batchItems: Int
    let messages: Int

    private static let messageBytes = 40_000

    /// Items a second by name; of those that are not there, nothing, and a line says so.
    func rates() async throws -> [(String, Double)] {
        let peers = FileManager.default.currentDirectoryPath + "/.build/peers"
        let file = layout.root + "/messages"
        // One line of random bytes, again and again: nothing on the way compresses.
        let line = Data(SystemRandomSource().bytes(Self.messageBytes)).base64EncodedString() + "\n"
        let text = String(repeating: line, count: messages)
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        var rates: [(String, Double)] = []
        for (name, make) in [("SyslogNG", syslogNG), ("Rsyslog", rsyslog)] {
            guard let command = try make(peers, file) else {
                FileHandle.standardError.write(Data("\(name) is not there: not compared\n".utf8))
                continue
            }
            receiver.forget()
            let process = try await ManagedProcess.start(command)
            // Their last batch may wait for company that never comes: nine tenths are enough to tell the rate.
            let came = await receiver.batches(items: messages * 9 / 10)
            await process.terminate()
            guard came.count > 1, let first = came.first, let last = came.last else {
                FileHandle.standardError.write(
                    Data("\(name) sent \(came.count) batches: \(process.lines.suffix(3).map(\.text))\n".utf8))
                continue
            }
            let count = came.reduce(0) { $0 + $1.items }
            rates.append((name, Double(count) / ((last.ended - first.began).milliseconds / 1_000)))
        }
        return rates
    }

    private func command(_ peers: String, _ program: String, _ arguments: [String], libraries: [String]) -> Command? {
        guard access("\(peers)/usr/sbin/\(program)", X_OK) == 0 else { return nil }
        var environment = Command.plainEnvironment
        environment["LD_LIBRARY_PATH"] = libraries.map { peers + $0 }.joined(separator: ":")
        return Command("\(peers)/usr/sbin/\(program)", arguments, environment: environment)
    }

    private static let libraries = ["/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib/syslog-ng"]

    private func syslogNG(_ peers: String, _ file: String) throws -> Command? {
        let configuration = layout.root + "/syslog-ng.conf"
        try """
        @version: 3.38
        options { log-msg-size(131072); stats-freq(0); };
        source s { file("\(file)" flags(no-parse) log-fetch-limit(10000) log-iw-size(20000)
            follow-freq(0.05)); };
        destination d { http(
            url("https://localhost:\(receiver.port)/sink") method("POST") headers("Content-Type: text/plain")
            body("${MSG}") delimiter("\\n") batch-lines(\(batchItems)) batch-bytes(16777216) batch-timeout(1000)
            workers(1) tls(ca-file("\(enrolment)/ca.pem") cert-file("\(enrolment)/client.pem")
            key-file("\(enrolment)/client.key") peer-verify(yes))); };
        log { source(s); destination(d); flags(flow-control); };

        """.write(toFile: configuration, atomically: true, encoding: .utf8)
        let state = layout.root + "/syslog-ng"
        return command(
            peers, "syslog-ng",
            [
                "-F", "--no-caps", "-f", configuration, "-R", state + ".persist", "-p", state + ".pid", "-c",
                state + ".ctl", "--module-path=\(peers)/usr/lib/syslog-ng/3.38",
            ], libraries: Self.libraries)
    }

    private func rsyslog(_ peers: String, _ file: String) throws -> Command? {
        let configuration = layout.root + "/rsyslog.conf"
        try """
        global(workDirectory="\(layout.root)" maxMessageSize="128k")
        module(load="imfile")
        module(load="omelasticsearch")
        template(name="doc" type="list") { constant(value="{\\"m\\":\\"") property(name="msg") constant(value="\\"}") }
        ruleset(name="out") {
            action(type="omelasticsearch" server="localhost" serverport="\(receiver.port)" usehttps="on"
                bulkmode="on" maxbytes="16m" template="doc" searchIndex="i" searchType="_doc"
                tls.cacert="\(enrolment)/ca.pem" tls.mycert="\(enrolment)/client.pem"
                tls.myprivkey="\(enrolment)/client.key"
                queue.type="LinkedList" queue.size="2000" queue.dequeueBatchSize="\(batchItems)")
        }
        input(type="imfile" File="\(file)" Tag="m" ruleset="out")

        """.write(toFile: configuration, atomically: true, encoding: .utf8)
        return command(
            peers, "rsyslogd",
            [
                "-n", "-f", configuration, "-i", layout.root + "/rsyslog.pid", "-M",
                "\(peers)/usr/lib/x86_64-linux-gnu/rsyslog",
            ],
            libraries: Self.libraries)
    }
}
