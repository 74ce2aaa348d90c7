import type { LegalText } from './routes.ts'

type Sections = readonly (readonly [heading: string, text: string])[]

function sample(title: string, warning: string, sections: Sections): LegalText {
  const parts = sections.map(([heading, text]) => `## ${heading}\n\n${text}`)
  return { title, body: [`**${warning}**`, ...parts].join('\n\n') }
}

/** First texts of a demo, by document and locale. Each says of itself that the operator has to replace it. */
export const legalSamples: Readonly<Record<string, Readonly<Record<string, LegalText>>>> = {
  terms: {
    en: sample(
      'Terms of use',
      'This is a sample. It has no legal force and must be replaced by the operator of this platform before it is opened to anybody.',
      [
        [
          'Who may use the platform',
          'You are of age where you live, you act for yourself, and the law allows you to trade digital assets. One person has one account.',
        ],
        [
          'Your account',
          'You keep your password and your second factor to yourself. What is done in your account counts as done by you until you tell us otherwise.',
        ],
        [
          'Orders and fees',
          'An order that was filled stands. Fees are shown before you place an order, and are listed under [fees](/fees).',
        ],
        [
          'When the platform rests',
          'Maintenance and disturbances are told under [status](/status). Orders may wait or be refused during that time.',
        ],
        [
          'Ending it',
          'You may close your account once it is empty. The operator may close an account that breaks these terms.',
        ],
      ],
    ),
    de: sample(
      'Nutzungsbedingungen',
      'Dies ist ein Muster. Es hat keine rechtliche Wirkung und muss vom Betreiber dieser Plattform ersetzt werden, bevor sie für irgendjemanden geöffnet wird.',
      [
        [
          'Wer die Plattform nutzen darf',
          'Sie sind an Ihrem Wohnort volljährig, handeln für sich selbst und dürfen nach geltendem Recht mit digitalen Werten handeln. Jede Person hat ein Konto.',
        ],
        [
          'Ihr Konto',
          'Passwort und zweiten Faktor behalten Sie für sich. Was in Ihrem Konto geschieht, gilt als von Ihnen getan, bis Sie uns etwas anderes mitteilen.',
        ],
        [
          'Orders und Gebühren',
          'Eine ausgeführte Order gilt. Gebühren sehen Sie, bevor Sie eine Order aufgeben; sie stehen unter [Gebühren](/fees).',
        ],
        [
          'Wenn die Plattform ruht',
          'Wartung und Störungen stehen unter [Status](/status). Orders können in dieser Zeit warten oder abgelehnt werden.',
        ],
        [
          'Ende',
          'Sie können Ihr Konto schließen, sobald es leer ist. Der Betreiber kann ein Konto schließen, das gegen diese Bedingungen verstößt.',
        ],
      ],
    ),
    es: sample(
      'Condiciones de uso',
      'Este texto es una muestra. No tiene validez legal y el operador de esta plataforma debe sustituirlo antes de abrirla a nadie.',
      [
        [
          'Quién puede usar la plataforma',
          'Eres mayor de edad donde vives, actúas en tu propio nombre y la ley te permite operar con activos digitales. Cada persona tiene una cuenta.',
        ],
        [
          'Tu cuenta',
          'No compartas tu contraseña ni tu segundo factor. Lo que se haga en tu cuenta cuenta como hecho por ti hasta que nos avises.',
        ],
        [
          'Órdenes y comisiones',
          'Una orden ejecutada es firme. Ves las comisiones antes de enviar una orden y están en [comisiones](/fees).',
        ],
        [
          'Cuando la plataforma descansa',
          'El mantenimiento y las incidencias se anuncian en [estado](/status). Mientras tanto, las órdenes pueden esperar o ser rechazadas.',
        ],
        [
          'Fin',
          'Puedes cerrar tu cuenta cuando esté vacía. El operador puede cerrar una cuenta que incumpla estas condiciones.',
        ],
      ],
    ),
    'zh-CN': sample('使用条款', '本文为示例，不具有法律效力。平台运营方必须在对外开放之前将其替换。', [
      ['谁可以使用本平台', '您在居住地已成年，为自己行事，且法律允许您交易数字资产。每人只能有一个账户。'],
      ['您的账户', '请妥善保管密码和双重验证。在您另行通知之前，账户内的操作视为您本人所为。'],
      ['订单与费用', '已成交的订单不可撤销。下单前会显示费用，费用列于[费用](/fees)页面。'],
      ['平台暂停时', '维护与故障在[状态](/status)页面公布。期间订单可能等待或被拒绝。'],
      ['终止', '账户清空后您可以将其关闭。运营方可以关闭违反本条款的账户。'],
    ]),
    ar: sample(
      'شروط الاستخدام',
      'هذا نص نموذجي لا أثر قانوني له، ويجب على مشغّل هذه المنصة استبداله قبل فتحها لأي شخص.',
      [
        [
          'من يحق له استخدام المنصة',
          'أنت بالغ حيث تقيم، وتتصرف باسمك، ويسمح لك القانون بتداول الأصول الرقمية. لكل شخص حساب واحد.',
        ],
        [
          'حسابك',
          'احتفظ بكلمة المرور والعامل الثاني لنفسك. ما يتم في حسابك يُعدّ صادراً عنك إلى أن تخبرنا بغير ذلك.',
        ],
        [
          'الأوامر والرسوم',
          'الأمر المنفّذ نهائي. تظهر الرسوم قبل إرسال الأمر، وهي مذكورة في [الرسوم](/fees).',
        ],
        [
          'عند توقف المنصة',
          'تُعلن الصيانة والأعطال في [الحالة](/status). وقد تنتظر الأوامر أو تُرفض خلال ذلك.',
        ],
        ['الإنهاء', 'يمكنك إغلاق حسابك متى كان فارغاً. ويجوز للمشغّل إغلاق حساب يخالف هذه الشروط.'],
      ],
    ),
  },
  privacy: {
    en: sample(
      'Privacy notice',
      'This is a sample. It must be replaced by the operator of this platform, with the name and address of who is responsible.',
      [
        [
          'What is kept',
          'Your email address, how you sign in, your orders, balances and the journal of your account.',
        ],
        ['Why', 'To run your account, to keep it safe, and because the law asks for records of money.'],
        ['For how long', 'As long as you have an account, and afterwards as long as the law asks.'],
        [
          'Your rights',
          'You can take out a copy of your data, and have your account erased, under [privacy](/settings/privacy).',
        ],
      ],
    ),
    de: sample(
      'Datenschutzhinweis',
      'Dies ist ein Muster. Der Betreiber dieser Plattform muss es ersetzen, mit Name und Anschrift des Verantwortlichen.',
      [
        [
          'Was gespeichert wird',
          'Ihre E-Mail-Adresse, wie Sie sich anmelden, Ihre Orders, Guthaben und das Journal Ihres Kontos.',
        ],
        [
          'Warum',
          'Um Ihr Konto zu führen und zu schützen, und weil das Gesetz Aufzeichnungen über Geld verlangt.',
        ],
        ['Wie lange', 'Solange Sie ein Konto haben, und danach so lange, wie das Gesetz es verlangt.'],
        [
          'Ihre Rechte',
          'Unter [Privatsphäre](/settings/privacy) erhalten Sie eine Kopie Ihrer Daten und können Ihr Konto löschen lassen.',
        ],
      ],
    ),
    es: sample(
      'Aviso de privacidad',
      'Este texto es una muestra. El operador de esta plataforma debe sustituirlo e indicar el nombre y la dirección del responsable.',
      [
        [
          'Qué se guarda',
          'Tu correo electrónico, cómo inicias sesión, tus órdenes, saldos y el libro diario de tu cuenta.',
        ],
        ['Por qué', 'Para llevar tu cuenta, protegerla y porque la ley exige registros del dinero.'],
        ['Durante cuánto tiempo', 'Mientras tengas una cuenta y, después, el tiempo que exija la ley.'],
        [
          'Tus derechos',
          'En [privacidad](/settings/privacy) puedes obtener una copia de tus datos y hacer que se borre tu cuenta.',
        ],
      ],
    ),
    'zh-CN': sample('隐私声明', '本文为示例。平台运营方必须将其替换，并注明负责方的名称和地址。', [
      ['保存哪些信息', '您的电子邮箱、登录方式、订单、余额以及账户流水。'],
      ['原因', '用于运行和保护您的账户，并因法律要求保留资金记录。'],
      ['保存多久', '在您拥有账户期间，以及此后法律要求的期限内。'],
      ['您的权利', '您可以在[隐私](/settings/privacy)页面获取数据副本，并申请删除账户。'],
    ]),
    ar: sample(
      'إشعار الخصوصية',
      'هذا نص نموذجي. على مشغّل هذه المنصة استبداله مع ذكر اسم الجهة المسؤولة وعنوانها.',
      [
        ['ما الذي يُحفظ', 'بريدك الإلكتروني وطريقة دخولك وأوامرك وأرصدتك وسجل قيود حسابك.'],
        ['لماذا', 'لإدارة حسابك وحمايته، ولأن القانون يطلب سجلات للأموال.'],
        ['إلى متى', 'ما دام لديك حساب، ثم للمدة التي يطلبها القانون.'],
        ['حقوقك', 'يمكنك الحصول على نسخة من بياناتك وطلب محو حسابك من [الخصوصية](/settings/privacy).'],
      ],
    ),
  },
  risk: {
    en: sample('Risk notice', 'This is a sample. It must be replaced by the operator of this platform.', [
      [
        'Prices move',
        'The value of digital assets can fall to nothing within a short time. Only use money that you can lose.',
      ],
      ['Leverage', 'With leverage a small move can take all of your margin.'],
      [
        'Technology',
        'Networks, software and connections can fail. A transfer to a wrong address cannot be taken back.',
      ],
      ['No advice', 'Nothing on this platform is a recommendation to buy or to sell.'],
    ]),
    de: sample('Risikohinweis', 'Dies ist ein Muster. Der Betreiber dieser Plattform muss es ersetzen.', [
      [
        'Preise schwanken',
        'Der Wert digitaler Assets kann in kurzer Zeit auf null fallen. Setzen Sie nur Geld ein, das Sie verlieren können.',
      ],
      ['Hebel', 'Mit Hebel kann eine kleine Bewegung Ihre gesamte Margin kosten.'],
      [
        'Technik',
        'Netze, Software und Verbindungen können ausfallen. Eine Überweisung an eine falsche Adresse lässt sich nicht zurückholen.',
      ],
      ['Keine Beratung', 'Nichts auf dieser Plattform ist eine Empfehlung zu kaufen oder zu verkaufen.'],
    ]),
    es: sample(
      'Aviso de riesgos',
      'Este texto es una muestra. El operador de esta plataforma debe sustituirlo.',
      [
        [
          'Los precios se mueven',
          'El valor de los activos digitales puede caer a cero en poco tiempo. Usa solo dinero que puedas perder.',
        ],
        ['Apalancamiento', 'Con apalancamiento, un movimiento pequeño puede llevarse todo tu margen.'],
        [
          'Tecnología',
          'Las redes, el software y las conexiones pueden fallar. Una transferencia a una dirección equivocada no se puede deshacer.',
        ],
        ['Sin asesoramiento', 'Nada en esta plataforma es una recomendación de compra o de venta.'],
      ],
    ),
    'zh-CN': sample('风险提示', '本文为示例。平台运营方必须将其替换。', [
      ['价格波动', '数字资产的价值可能在短时间内归零。请只使用您能承受损失的资金。'],
      ['杠杆', '使用杠杆时，微小的波动也可能耗尽您的全部保证金。'],
      ['技术', '网络、软件和连接都可能发生故障。转到错误地址的资产无法追回。'],
      ['非投资建议', '本平台上的任何内容均不构成买卖建议。'],
    ]),
    ar: sample('إشعار المخاطر', 'هذا نص نموذجي. على مشغّل هذه المنصة استبداله.', [
      [
        'الأسعار تتحرك',
        'قد تهبط قيمة الأصول الرقمية إلى الصفر في وقت قصير. لا تستخدم إلا مالاً يمكنك تحمّل خسارته.',
      ],
      ['الرافعة المالية', 'مع الرافعة قد تستنفد حركة صغيرة كامل هامشك.'],
      ['التقنية', 'قد تتعطل الشبكات والبرامج والاتصالات. ولا يمكن استرجاع تحويل إلى عنوان خاطئ.'],
      ['ليست نصيحة', 'لا شيء في هذه المنصة توصية بالشراء أو البيع.'],
    ]),
  },
}
