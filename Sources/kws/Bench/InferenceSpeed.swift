// SPDX-License-Identifier: GPL-3.0-or-later

/// How fast one integer network is.
struct InferenceSpeed {
  var name: String

  /// Multiply-accumulates of a window computed at once, and of a hop of a stream on average.
  var mac: (perWindow: Int, perHop: Double)

  /// Hops of a window.
  var frameCount: Int

  /// A window at once, from reset.
  var window = CallTimes()

  /// A hop of a stream, on average over a window's: layers with a time stride rest on some.
  var hop = CallTimes()

  var peers: [PeerSpeed] = []

  /// How many times the work and the time of a hop it would be to compute the window anew at every
  /// hop.
  var recomputing: (mac: Double, time: Double) {
    (Double(mac.perWindow) / mac.perHop, window.ratio(to: hop))
  }
}

/// How fast a peer is on the same network.
struct PeerSpeed {
  var description: InferencePeer.Description
  var form: InferencePeer.Form

  /// A window; empty where the peer has no form of the network.
  var window = CallTimes()
}

/// How fast one network is with the kernels of one instruction set.
struct InstructionSetSpeed {
  var name: String
  var window: CallTimes
  var hop: CallTimes
}
