import ArgumentParser
import Foundation
import StationAPI
import StationCore

#if canImport(Glibc)
import Glibc
#endif

/// Where a secret comes from: the terminal without an echo, or one line of a file or of standard input. Never an argument:
/// every user of the machine reads those.
struct SecretInput: ParsableArguments {
    @Option(help: "File whose first line is the secret; - is standard input. By default the terminal is asked.")
    var secretFile: String?

    /// The secret. Throws `credential-missing` when there is none.
    func secret(_ prompt: String) throws -> String {
        if let secretFile { return try Self.line(of: secretFile) }
        guard isatty(STDIN_FILENO) == 1 else { return try Self.line(of: "-") }
        return try Self.ask(prompt)
    }

    static func line(of path: String) throws -> String {
        if path == "-" {
            // Line by line: the next secret may stand on the next line.
            guard let line = readLine(), !line.isEmpty else {
                throw Problem(Failure(.credentialMissing, "standard input"))
            }
            return line
        }
        guard let data = try FileHandle(forReadingAtPath: path)?.read(upToCount: Limits.People.secretBytes + 2),
            let line = String(data: data, encoding: .utf8)?.split(separator: "\n").first, !line.isEmpty
        else { throw Problem(Failure(.credentialMissing, path)) }
        return String(line)
    }

    private static func ask(_ prompt: String) throws -> String {
        FileHandle.standardError.write(Data("\(prompt): ".utf8))
        var before = termios()
        tcgetattr(STDIN_FILENO, &before)
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
            FileHandle.standardError.write(Data("\n".utf8))
        }
        guard let line = readLine(), !line.isEmpty else {
            throw Problem(Failure(.credentialMissing, "the terminal"))
        }
        return line
    }
}

/// The token of `intakectl sign-in`, in a file that only this user reads: `$INTAKECTL_TOKEN`, or `intakectl.token` in
/// `$XDG_RUNTIME_DIR`, which ends with the user's last session.
struct TokenFile {
    let path: String

    init(environment: [String: String]) {
        let directory = environment["XDG_RUNTIME_DIR"] ?? "/run/user/\(getuid())"
        path = environment["INTAKECTL_TOKEN"] ?? directory + "/intakectl.token"
    }

    /// Nil when nobody signed in.
    var token: String? {
        guard let data = FileManager.default.contents(atPath: path), data.count <= 256 else { return nil }
        return String(data: data, encoding: .utf8)?.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func keep(_ token: String) throws {
        forget()
        // Nobody else's from its first moment: not made readable and then shut.
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let cause = errno
            let detail = "\(path): errno \(cause); $INTAKECTL_TOKEN or $XDG_RUNTIME_DIR names another place"
            throw Problem([ENOSPC, EDQUOT, EIO].contains(cause) ? .diskWriteFailed : .permissionDenied, detail)
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do { try file.write(contentsOf: Data((token + "\n").utf8)) } catch {
            throw Problem(Failure(.diskWriteFailed, path))
        }
    }

    func forget() { try? FileManager.default.removeItem(atPath: path) }
}

/// The second person of a command that needs two.
struct CoSignerOptions: ParsableArguments {
    @Option(name: .customLong("co-signer"), help: "Sign-in name of the second person, who enters their own secret.")
    var coSigner: String?

    @Option(help: "File whose first line is the second person's secret; by default the terminal is asked.")
    var coSignerSecretFile: String?

    func coSignature(_ words: Language) throws -> CoSignature? {
        try coSigner.map { name in
            let prompt = words.pick("Mật khẩu của \(name)", "Secret of \(name)")
            let input = SecretInput.reading(coSignerSecretFile)
            return CoSignature(operatorId: name, secret: try input.secret(prompt))
        }
    }
}

extension SecretInput {
    /// As if given on the command line.
    static func reading(_ file: String?) -> SecretInput {
        var input = SecretInput()
        input.secretFile = file
        return input
    }
}
