// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// A PulseAudio server of a test's own: a microphone with a real clock and no sound card.
///
/// What is played into its null sink is captured from the sink's monitor through ALSA's pulse
/// plugin, bit for bit where rate, channels and encoding agree. With `pipeRate` there is a second
/// source that delivers what a writer puts into a FIFO, at the writer's pace.
public final class PulseServer {
  /// The folder with socket, configuration and FIFO.
  public let root: String

  /// Frames per second of the null sink.
  public let rate: Int

  /// Channels of the null sink.
  public let channelCount: Int

  /// Frames per second that the pipe source claims; nil without one.
  public let pipeRate: Int?

  private var server: ChildProgram?

  /// The server could not be started.
  public enum Failure: Error { case noFolder(code: Int32), doesNotAnswer }

  /// Starts a server and waits until it answers.
  public init(rate: Int = 16_000, channelCount: Int = 1, pipeRate: Int? = nil) throws {
    var template = Array("/tmp/kws-pulse-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw Failure.noFolder(code: errno) }
    root = String(decoding: template.dropLast().map(UInt8.init), as: UTF8.self)
    self.rate = rate
    self.channelCount = channelCount
    self.pipeRate = pipeRate
    try writeFile(root + "/asound.conf", Self.configuration(defaultFolder: root))
    try start()
  }

  deinit {
    stop()
    removeFolder(root)
  }

  /// The ALSA device that captures the null sink's monitor; any process of this machine that has
  /// `environment` set, or this one after `install()`, can open it.
  public var monitorDevice: String { "nullmon:\(root)" }

  /// The ALSA device that captures the pipe source.
  public var pipeDevice: String { "pipemon:\(root)" }

  /// The null sink's monitor as a device that has one rate alone, see `setFixedRate`.
  public var fixedRateDevice: String { "fixedmon:\(root)" }

  /// The same as a device that offers every channel count and takes two alone.
  public var twoChannelDevice: String { "stereomon:\(root)" }

  /// Sets the one rate of every `fixedRateDevice` that is opened from now on; at first 16000.
  public static func setFixedRate(_ rate: Int) {
    unsafe setenv("KWS_TEST_FIXED_RATE", "\(rate)", 1)
  }

  /// The FIFO whose bytes the pipe source delivers: signed 16 bits, mono.
  public var pipePath: String { root + "/pipe" }

  /// What a child process needs in order to find `nullmon` and `pipemon`, which without an argument
  /// are those of this server.
  public var environment: [String: String] { ["ALSA_CONFIG_PATH": root + "/asound.conf"] }

  /// Makes `nullmon:FOLDER` and `pipemon:FOLDER` known to the sound library of this process.
  public static func install() { _ = installed }

  private static let installed: Bool = {
    let path = "/tmp/kws-asound-\(getpid()).conf"
    try? writeFile(path, configuration(defaultFolder: "/nonexistent"))
    unsafe setenv("ALSA_CONFIG_PATH", path, 1)
    atexit { _ = unsafe unlink("/tmp/kws-asound-\(getpid()).conf") }
    return true
  }()

  /// Starts the server again after `stop`.
  public func start() throws {
    var arguments = [
      "--daemonize=no", "--exit-idle-time=-1", "-n", "--use-pid-file=no", "--disallow-exit",
      "--load=module-native-protocol-unix auth-anonymous=1 socket=\(root)/native",
      "--load=module-null-sink sink_name=null rate=\(rate) channels=\(channelCount) format=s16le",
    ]
    if let pipeRate {
      arguments.append(
        "--load=module-pipe-source source_name=pipe file=\(pipePath) rate=\(pipeRate) channels=1 "
          + "format=s16le")
    }
    _ = unsafe unlink(root + "/native")
    server = try ChildProgram(
      "pulseaudio", arguments, environment: ["HOME": root, "XDG_RUNTIME_DIR": root])
    for _ in 0..<200 {
      if socketAnswers(root + "/native") { return }
      usleep(50_000)
    }
    throw Failure.doesNotAnswer
  }

  /// Kills the server without a farewell.
  public func stop() {
    server?.end()
    server = nil
  }

  /// Stops the server as a debugger would: its clients get neither data nor an error.
  public func pause() { server?.send(SIGSTOP) }

  /// Lets it run on.
  public func resume() { server?.send(SIGCONT) }

  /// Plays interleaved samples into the null sink at its own rate, unchanged, in real time.
  ///
  /// The returned child ends when the last sample is out.
  public func play(_ samples: [Int16]) throws -> ChildProgram {
    let path = root + "/play-\(UInt32.random(in: 0 ... .max)).raw"
    try writeFile(
      path, samples.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] })
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    defer {
      close(descriptor)
      _ = unsafe unlink(path)
    }
    return try ChildProgram(
      "pacat",
      [
        "--playback", "--raw", "--format=s16le", "--rate=\(rate)", "--channels=\(channelCount)",
        "--volume=65536", "--latency-msec=2000", "--device=null", "--server=unix:\(root)/native",
      ], environment: ["HOME": root, "XDG_RUNTIME_DIR": root], input: descriptor)
  }

  /// ALSA's file plugin over its null device: `filemon:FILE` gives raw samples of a file as fast as
  /// they are read.
  private static let fileDevice = """
    pcm.filemon {
      @args [ FILE ]
      @args.FILE { type string }
      type file
      slave.pcm null
      file /dev/null
      infile $FILE
      format raw
    }

    """

  private static func plugDevice(_ name: String, _ slave: String) -> String {
    """
    pcm.\(name) {
      @args [ DIR ]
      @args.DIR { type string }
      type plug
      slave {
        pcm {
          type pulse
          server { @func concat strings [ "unix:" $DIR "/native" ] }
          device "null.monitor"
        }
        \(slave)
      }
    }

    """
  }

  private static func configuration(defaultFolder: String) -> [UInt8] {
    func device(_ name: String, _ source: String) -> String {
      """
      pcm.\(name) {
        @args [ DIR ]
        @args.DIR { type string default "\(defaultFolder)" }
        type pulse
        server { @func concat strings [ "unix:" $DIR "/native" ] }
        device "\(source)"
      }

      """
    }
    return Array(
      ("</usr/share/alsa/alsa.conf>\n" + device("nullmon", "null.monitor")
        + device("pipemon", "pipe") + fileDevice
        + plugDevice(
          "fixedmon", "rate { @func igetenv vars [ KWS_TEST_FIXED_RATE ] default 16000 }")
        + plugDevice("stereomon", "channels 2")).utf8)
  }
}
