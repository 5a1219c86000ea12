// SPDX-License-Identifier: GPL-3.0-or-later

import CKernels

/// The table of float kernels that layers call: the best one that the processor has.
typealias Kernels = kws_float_kernels

extension Kernels {
  nonisolated(unsafe) static let best: Kernels = unsafe kws_float_kernels_at(0).pointee
}
