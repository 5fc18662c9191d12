import ArgumentParser

await ConsoleCommand.main()
