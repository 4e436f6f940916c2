"""What people say about bills and plans."""

from ecrm.seeds.demo.corpus.topic import Case, Topic

TAGIHAN = Topic(
    field=False,
    cases=(
        Case(
            ("Tagihan dobel bulan ini", "Salah nominal tagihan", "Tagihan naik tanpa pemberitahuan"),
            (
                "Bulan ini saya menerima dua tagihan untuk nomor pelanggan yang sama. Mohon salah satunya dibatalkan.",
                "Tagihan bulan ini lebih besar dari biasanya padahal paket saya tetap {plan}. Mohon penjelasan rinciannya.",
            ),
            (
                "Tagihan yang salah dibatalkan, pelanggan menerima tagihan yang benar.",
                "Rincian tagihan dijelaskan, pelanggan menerima.",
            ),
        ),
        Case(
            ("Sudah bayar tapi masih diblokir", "Bayar lewat virtual account gagal"),
            (
                "Saya sudah membayar lewat virtual account {since}, tetapi internet masih diblokir dan muncul halaman tunggakan.",
                "Pembayaran lewat minimarket ditolak dengan alasan nomor tidak ditemukan. Padahal jatuh tempo besok.",
            ),
            ("Pembayaran dicocokkan, blokir dibuka, internet aktif.", "Nomor virtual account diperbarui, pembayaran berhasil."),
        ),
        Case(
            ("Minta faktur pajak", "Minta kuitansi pembayaran"),
            ("Kami perusahaan dan memerlukan faktur pajak untuk tagihan tiga bulan terakhir. Mohon dikirim ke surel kami.",
             "Kantor saya mengganti biaya internet, mohon kuitansi resmi bulan ini."),
            ("Faktur dan kuitansi dikirim ke surel pelanggan.",),
        ),
        Case(
            ("Potongan promo belum masuk", "Minta potongan karena gangguan"),
            ("Promo potongan tiga bulan pertama belum terlihat di tagihan saya.",
             "Internet saya mati empat hari bulan lalu. Apakah ada potongan tagihan sebagai ganti rugi?"),
            ("Potongan dimasukkan pada tagihan bulan berjalan.", "Kompensasi empat hari dimasukkan sebagai potongan."),
        ),
        Case(
            ("Denda keterlambatan tidak sesuai", "Ditagih padahal sudah berhenti"),
            ("Saya ditagih denda keterlambatan, padahal membayar sebelum tanggal 20. Bukti bayar masih saya simpan.",
             "Langganan rumah lama sudah saya hentikan, tetapi masih ada tagihan atas nama saya."),
            ("Denda dan tagihan yang keliru dihapus setelah bukti dicek.",),
        ),
    ),
    answers=(
        "Terima kasih sudah melapor. Kami teruskan ke bagian keuangan dan kami kabari hari ini.",
        "Mohon kirim foto bukti bayar atau tagihannya supaya bagian keuangan bisa mencocokkan.",
        "Mohon maaf atas kekeliruannya. Kami sedang memeriksa rincian tagihan Anda.",
    ),
    progress=(
        "Bagian keuangan sedang mencocokkan mutasi bank, paling lambat besok siang.",
        "Dokumennya sedang dibuat, kami kirim begitu selesai.",
    ),
    notes=(
        "Cek nomor VA lama.", "Ajukan nota kredit ke keuangan.",
        "Masa promo habis, pelanggan tidak diberi tahu. Pertimbangkan kompensasi.",
    ),
    waits=(
        "Menunggu foto bukti bayar dari pelanggan.", "Menunggu NPWP dan nama perusahaan.",
        "Menunggu persetujuan pelanggan atas rincian tagihan.",
    ),
    reopens=("Di aplikasi masih sama, belum berubah.", "Internet diblokir lagi padahal sudah lunas.", "Dokumennya salah nama."),
)

PAKET = Topic(
    field=False,
    cases=(
        Case(
            ("Ingin naik paket", "Ubah paket ke Bisnis"),
            ("Saya ingin naik dari paket {plan} ke paket di atasnya. Apakah ada biaya tambahan dan kapan aktifnya?",),
            ("Paket diubah, speedtest sesuai paket baru.", "Perubahan paket dijadwalkan awal bulan, pelanggan setuju."),
        ),
        Case(
            ("Turun paket mulai bulan depan",),
            ("Mulai bulan depan saya ingin turun paket karena anak-anak sudah kembali ke pondok.",),
            ("Penurunan paket dijadwalkan awal bulan, pelanggan setuju.",),
        ),
        Case(
            ("Pindah rumah, internet ikut pindah", "Pindah alamat masih di {area}"),
            ("Bulan depan kami pindah rumah, masih di kota yang sama. Apakah sambungan bisa ikut dipindah dan berapa biayanya?",),
            ("Sambungan dipindah ke alamat baru dan diuji.", "Alamat baru belum terjangkau, pelanggan memilih menunggu."),
        ),
        Case(
            ("Pindah titik modem ke kamar",),
            ("Mohon titik modem dipindah dari ruang tamu ke ruang kerja di lantai dua.",),
            ("Titik modem dipindah, kabel dirapikan.",),
        ),
        Case(
            ("Minta berhenti sementara",),
            ("Kami renovasi rumah dua bulan, bisakah langganan dihentikan sementara?",),
            ("Langganan dihentikan sementara dua bulan.",),
        ),
        Case(
            ("Kapan paket baru aktif?", "Sudah ajukan naik paket, belum berubah"),
            ("Pengajuan naik paket sudah seminggu tetapi kecepatannya masih yang lama.",),
            ("Pengajuan yang tertahan diproses, paket baru sudah aktif.",),
        ),
        Case(
            ("Balik nama pelanggan",),
            ("Rumah sudah dijual, mohon langganan dibalik nama ke pemilik baru.",),
            ("Balik nama selesai, data pelanggan diperbarui.",),
        ),
    ),
    answers=(
        "Bisa, terima kasih sudah menghubungi kami. Permintaannya kami proses dan rinciannya kami kirim hari ini.",
        "Terima kasih. Kami cek dulu kontrak dan ketersediaannya, lalu kami kabari.",
        "Baik, kami siapkan formulirnya. Mohon dibaca dan disetujui lewat portal atau telepon.",
    ),
    progress=("Permintaan sudah diproses, tinggal dijadwalkan.", "Menunggu konfirmasi dari bagian teknis, besok kami kabari."),
    notes=("Cek sisa kontrak.", "Survei jarak ODP lebih dulu.", "Tawarkan promo yang sedang berjalan."),
    waits=(
        "Menunggu data lengkap dari pelanggan.", "Menunggu persetujuan biaya dari pelanggan.", "Menunggu tanda tangan formulir.",
    ),
    reopens=("Ternyata belum berubah.", "Tagihannya belum mengikuti.", "Belum ada yang datang."),
)
