import Hummingbird
import NIOCore

/// What a request carries besides itself: the port on which it arrived, which its Host header must name.
struct ConsoleContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let localPort: Int?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        localPort = source.channel.localAddress?.port
    }
}
