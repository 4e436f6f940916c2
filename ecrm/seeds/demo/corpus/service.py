"""What people say about the staff, and everything else."""

from ecrm.seeds.demo.corpus.topic import Case, Topic

LAYANAN = Topic(
    field=False,
    cases=(
        Case(
            ("Teknisi tidak datang sesuai janji", "Jadwal kunjungan berubah terus"),
            (
                (
                    "Dijanjikan teknisi datang jam 10, saya sudah izin dari kantor, sampai sore tidak ada yang datang dan "
                    "tidak ada kabar."
                ),
                "Jadwal kunjungan sudah tiga kali diubah sepihak. Mohon kepastian.",
            ),
            (
                "Kepala cabang meminta maaf langsung, kunjungan ulang selesai.",
                "Pelanggan diberi kompensasi bandwidth dan permintaan maaf tertulis.",
            ),
        ),
        Case(
            ("Telepon layanan sulit dihubungi", "Sudah seminggu tidak ada kabar"),
            ("Saya menelepon layanan pelanggan lima kali {since}, selalu nada sibuk.",
             "Keluhan saya sebelumnya ditutup padahal belum beres, tidak ada yang menghubungi saya."),
            (
                "Pelanggan dihubungi kepala cabang, keluhan lama dibuka dan dituntaskan.",
                "Saluran telepon ditambah, pelanggan menerima penjelasan.",
            ),
        ),
        Case(
            ("Petugas kurang ramah", "Diminta biaya tambahan oleh petugas"),
            ("Petugas yang datang meminta uang rokok. Apakah memang ada biaya kunjungan?",
             "Nada bicara petugas yang datang {since} kurang sopan kepada orang tua saya."),
            ("Petugas ditegur, kepala cabang meminta maaf, pelanggan menerima.",),
        ),
        Case(
            ("Bekas pengeboran tidak dirapikan",),
            ("Setelah pemasangan, bekas bor di dinding tidak ditutup dan debunya ditinggal begitu saja.",),
            ("Dinding dirapikan dan dicat ulang.",),
        ),
        Case(
            ("Apresiasi untuk teknisi",),
            ("Mau menyampaikan terima kasih, teknisi yang datang kemarin sangat sabar menjelaskan. Mohon diteruskan.",),
            ("Terima kasih diteruskan ke teknisi.",),
        ),
    ),
    answers=(
        "Terima kasih sudah menyampaikan. Laporan ini kami teruskan ke kepala cabang dan Anda akan dihubungi hari ini.",
        "Terima kasih masukannya, kami tindak lanjuti dengan serius.",
    ),
    progress=(
        "Kepala cabang sudah berbicara dengan petugas yang bersangkutan.", "Kami sedang mencarikan waktu untuk menelepon Anda.",
    ),
    notes=(
        "Teruskan ke kepala cabang, jangan dibalas templat.", "Cek jadwal teknisi tanggal itu.",
        "Pertimbangkan kompensasi bandwidth 7 hari.",
    ),
    waits=("Menunggu nama petugas dari pelanggan.", "Menunggu waktu yang cocok untuk ditelepon kepala cabang."),
    reopens=("Sampai sekarang belum ada yang menelepon saya.", "Janjinya belum dilaksanakan.", "Kejadiannya terulang lagi."),
)

LAIN = Topic(
    field=False,
    cases=(
        Case(
            ("Tanya promo untuk pelanggan lama",),
            ("Apakah ada promo untuk pelanggan yang sudah lama? Tetangga saya yang baru malah dapat harga lebih murah.",),
            ("Promo yang cocok dijelaskan dan didaftarkan, pelanggan puas.",),
        ),
        Case(
            ("Ubah nomor telepon dan surel",),
            ("Nomor telepon saya berganti, mohon data pelanggan diperbarui supaya pemberitahuan sampai.",),
            ("Data pelanggan diperbarui setelah verifikasi.",),
        ),
        Case(
            ("Minta surat keterangan berlangganan", "Minta kontrak dikirim ulang"),
            ("Kantor meminta surat keterangan berlangganan internet untuk penggantian biaya. Mohon dibuatkan.",
             "Mohon salinan kontrak berlangganan dikirim ke surel, yang asli terselip saat pindahan."),
            ("Dokumen dikirim lewat surel.",),
        ),
        Case(
            ("Ingin IP tetap",),
            ("Saya ingin memasang IP tetap untuk server kecil di rumah. Berapa biayanya?",),
            ("IP tetap diaktifkan.", "Biaya dijelaskan, pelanggan masih mempertimbangkan."),
        ),
        Case(
            ("Titip saran untuk aplikasi", "Jam layanan kantor cabang"),
            ("Saran saja, akan bagus kalau jadwal kunjungan teknisi bisa dilihat di portal.",
             "Apakah kantor cabang buka di hari Sabtu? Saya ingin datang langsung."),
            ("Sudah dijawab dan dicatat, terima kasih.",),
        ),
    ),
    answers=(
        "Terima kasih sudah menghubungi kami, permintaannya kami proses hari ini.",
        "Terima kasih, sudah kami teruskan ke bagian terkait.",
    ),
    progress=("Sedang disiapkan, kami kirim sore ini.", "Permintaan diteruskan ke bagian terkait."),
    notes=("Pelanggan lama, tawarkan tambahan bandwidth loyalitas.", "Verifikasi NIK sebelum ubah data."),
    waits=("Menunggu foto KTP untuk verifikasi.", "Menunggu data lengkap dari pelanggan."),
    reopens=("Belum saya terima.", "Di portal masih yang lama."),
)
