// SPDX-License-Identifier: GPL-3.0-or-later

import CSoundFile
import Glibc

/// A WAV file that grows and can be read at any time; RF64 beyond 4 GiB.
@safe struct WaveWriter: ~Copyable {
  private let path: String
  private let handle: OpaquePointer

  /// Creates the file, or empties the one that is there.
  ///
  /// Only its owner may read it: it holds what was said in a room.
  init(path: String, format: CaptureFormat) throws(AudioError) {
    let flags = O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW
    let descriptor = unsafe open(path, flags, 0o600)
    guard descriptor >= 0 else { throw .system(path: path, operation: "create", code: errno) }
    var information = SF_INFO()
    information.samplerate = Int32(format.rate)
    information.channels = Int32(format.channelCount)
    information.format = Int32(SF_FORMAT_RF64) | format.encoding.soundFileFormat
    errno = 0
    let opened = unsafe sf_open_fd(descriptor, Int32(SFM_WRITE), &information, Int32(SF_TRUE))
    guard let opened = unsafe opened else {
      throw .system(path: path, operation: "create", code: errno)
    }
    // As long as it fits the file is a plain WAV with room for the larger header.
    unsafe sf_command(opened, Int32(SFC_RF64_AUTO_DOWNGRADE), nil, Int32(SF_TRUE))
    do throws(AudioError) {
      unsafe try Self.updateHeader(opened, path)
    } catch {
      unsafe sf_close(opened)
      throw error
    }
    self.path = path
    unsafe handle = opened
  }

  deinit {
    unsafe sf_close(handle)
  }

  /// Appends whole frames.
  mutating func write(_ frames: Span<UInt8>) throws(AudioError) {
    guard !frames.isEmpty else { return }
    errno = 0
    let written = unsafe frames.withUnsafeBufferPointer { bytes in
      unsafe sf_write_raw(handle, bytes.baseAddress, sf_count_t(bytes.count))
    }
    let code = errno
    guard Int(written) == frames.count else {
      throw .system(path: path, operation: "write", code: code == 0 ? EIO : code)
    }
  }

  /// Makes the header say how many frames are there.
  mutating func updateHeader() throws(AudioError) {
    unsafe try Self.updateHeader(handle, path)
  }

  private static func updateHeader(
    _ handle: OpaquePointer, _ path: String
  ) throws(AudioError) {
    errno = 0
    unsafe sf_command(handle, Int32(SFC_UPDATE_HEADER_NOW), nil, 0)
    guard unsafe sf_error(handle) == 0 else {
      throw .system(path: path, operation: "write", code: errno == 0 ? EIO : errno)
    }
  }
}

extension SampleEncoding {
  /// The encoding of a little-endian WAV file, nil where it is none of these.
  init?(soundFileFormat format: Int32) {
    let container = Int(format) & SF_FORMAT_TYPEMASK
    guard [SF_FORMAT_WAV, SF_FORMAT_WAVEX, SF_FORMAT_RF64].contains(container),
      Int(format) & SF_FORMAT_ENDMASK != SF_ENDIAN_BIG
    else { return nil }
    let found = Self.allCases.first { encoding in
      encoding.recorded == encoding
        && encoding.soundFileFormat == Int32(Int(format) & SF_FORMAT_SUBMASK)
    }
    guard let found else { return nil }
    self = found
  }

  /// The library's code of the encoding, which a recording has.
  var soundFileFormat: Int32 {
    let code =
      switch self {
      case .int16: SF_FORMAT_PCM_16
      case .int24, .int24In32: SF_FORMAT_PCM_24
      case .int32: SF_FORMAT_PCM_32
      case .float32: SF_FORMAT_FLOAT
      }
    return Int32(code)
  }
}
