import type { Explanation } from './explanation.ts';
import type { ReasonCode } from './reasons.ts';

type Text = Pick<Explanation, 'uk' | 'en'>;

/*
 * Sentences for the customer that serve several reasons. One reason can come up at the door, where nothing is kept, and
 * at the queue, where the order is kept until it is corrected: what is said then holds in both cases. It claims neither
 * that the order was taken nor that it is lost, and asks for nothing that could make a second one.
 */

/** The order is kept, and goes on by itself. */
const KEPT = {
  uk: 'Ваше замовлення прийнято, передаємо його магазину: це займе трохи більше часу, ніж зазвичай. Повторювати його не потрібно.',
  en: 'Your order has been accepted and is on its way to the shop; it is taking a little longer than usual. There is no need to order again.',
};
/** Whoever writes the bot, or keeps its catalogue, must see to it. */
const OUR_SLIP = {
  uk: 'Вибачте, замовлення поки не оформлено: сталася технічна помилка з нашого боку. Будь ласка, напишіть менеджеру магазину.',
  en: "Sorry, your order has not gone through yet because of a technical error on our side. Please write to the shop's manager.",
};
/** Nothing was taken, whether it was an order or a question about one. */
const NOT_SERVED = {
  uk: 'Вибачте, зараз не вдалося опрацювати ваш запит: сталася технічна помилка з нашого боку. Будь ласка, спробуйте пізніше або напишіть менеджеру магазину.',
  en: "Sorry, we could not handle your request because of a technical error on our side. Please try later, or write to the shop's manager.",
};

/** Each reason in words: what happened, what to do, and what the customer can be told as it is. */
export const TEXTS: Readonly<Record<ReasonCode, Text>> = {
  name_missing: {
    uk: {
      title: 'Немає імені',
      cause: 'У замовленні не вказано, як звати покупця.',
      todo: 'Вкажіть ім’я та прізвище.',
      customer: 'Будь ласка, напишіть своє ім’я та прізвище.',
    },
    en: {
      title: 'No name',
      cause: "The order does not say what the customer's name is.",
      todo: 'Give the first and last name.',
      customer: 'Please send us your first and last name.',
    },
  },
  name_invalid: {
    uk: {
      title: 'Ім’я не розпізнано',
      cause: 'Ім’я покупця не годиться: задовге, закоротке або з недозволеними знаками.',
      todo: 'Напишіть ім’я та прізвище ще раз, одним рядком і без зайвих знаків.',
      customer: 'Не вдалося розпізнати ім’я. Будь ласка, напишіть ім’я та прізвище ще раз, одним рядком.',
    },
    en: {
      title: 'The name cannot be read',
      cause: "The customer's name is too long or too short, or has characters in it that no name has.",
      todo: 'Give the first and last name again, on one line and without other characters.',
      customer: 'We could not read the name. Please send your first and last name again, on one line.',
    },
  },
  phone_missing: {
    uk: {
      title: 'Немає номера телефону',
      cause: 'У замовленні не вказано номера телефону.',
      todo: 'Вкажіть номер телефону разом із кодом оператора.',
      customer: 'Будь ласка, надішліть номер телефону, за яким із вами можна зв’язатися.',
    },
    en: {
      title: 'No phone number',
      cause: 'The order has no phone number.',
      todo: "Give a phone number, with the operator's code.",
      customer: 'Please send us a phone number at which you can be reached.',
    },
  },
  phone_invalid: {
    uk: {
      title: 'Номер телефону не розпізнано',
      cause: 'На такий номер неможливо зателефонувати: бракує цифр, є зайві або код невідомий.',
      todo: 'Вкажіть номер ще раз, повністю: з кодом оператора, а закордонний — із плюсом і кодом країни.',
      customer:
        'Не вдалося розпізнати номер телефону. Будь ласка, надішліть його ще раз повністю, разом із кодом оператора.',
    },
    en: {
      title: 'The phone number cannot be read',
      cause: 'This number cannot be called: it has too few digits or too many, or an unknown code.',
      todo: "Give the whole number again: with the operator's code, or, from abroad, with a plus and the country's code.",
      customer:
        "We could not read the phone number. Please send the whole number again, with the operator's code.",
    },
  },
  email_invalid: {
    uk: {
      title: 'Електронну адресу не розпізнано',
      cause: 'Електронну адресу в замовленні записано з помилкою.',
      todo: 'Вкажіть електронну адресу ще раз або пропустіть її: вона необов’язкова.',
      customer:
        'Не вдалося розпізнати електронну адресу. Будь ласка, перевірте її або пропустіть: вона необов’язкова.',
    },
    en: {
      title: 'The e-mail address cannot be read',
      cause: 'The e-mail address in the order is not a valid one.',
      todo: 'Give the e-mail address again, or leave it out: it is optional.',
      customer: 'We could not read the e-mail address. Please check it, or leave it out: it is optional.',
    },
  },
  city_missing: {
    uk: {
      title: 'Немає міста доставки',
      cause: 'У замовленні не вказано міста чи села, куди його доставити.',
      todo: 'Вкажіть місто або село.',
      customer: 'Будь ласка, напишіть місто або село, куди доставити замовлення.',
    },
    en: {
      title: 'No town for the delivery',
      cause: 'The order does not say to which town or village it goes.',
      todo: 'Give the town or village.',
      customer: 'Please tell us the town or village for the delivery.',
    },
  },
  city_invalid: {
    uk: {
      title: 'Місто доставки не розпізнано',
      cause: 'Назва міста чи села не годиться: невідома, задовга або з недозволеними знаками.',
      todo: 'Напишіть назву міста чи села ще раз і додайте область.',
      customer:
        'Не вдалося розпізнати місто доставки. Будь ласка, напишіть його назву ще раз і додайте область.',
    },
    en: {
      title: 'The town is not known',
      cause:
        'The name of the town or village is unknown or too long, or has characters in it that no name has.',
      todo: 'Give the name of the town or village again, and add the region.',
      customer:
        'We could not find the town for the delivery. Please send its name again, and add the region.',
    },
  },
  branch_missing: {
    uk: {
      title: 'Немає відділення чи адреси',
      cause: 'У замовленні не вказано ні відділення чи поштомата, ні адреси доставки.',
      todo: 'Вкажіть відділення чи поштомат або повну адресу для кур’єра.',
      customer: 'Будь ласка, напишіть номер відділення чи поштомата або повну адресу для кур’єра.',
    },
    en: {
      title: 'No branch or address',
      cause: 'The order names neither a post office branch or parcel locker nor an address.',
      todo: 'Name the branch or the parcel locker, or give the full address for the courier.',
      customer: 'Please send the number of the branch or parcel locker, or the full address for the courier.',
    },
  },
  branch_invalid: {
    uk: {
      title: 'Відділення чи адресу не розпізнано',
      cause:
        'За цією адресою неможливо доставити: її не розпізнано або відділення чи поштомат уже не працює.',
      todo: 'Оберіть відділення чи поштомат ще раз або вкажіть повну адресу.',
      customer:
        'Не вдалося розпізнати адресу доставки. Будь ласка, вкажіть відділення чи поштомат ще раз або напишіть повну адресу.',
    },
    en: {
      title: 'The branch or address is not known',
      cause:
        'Nothing can be delivered there: the address cannot be read, or the branch or parcel locker has closed.',
      todo: 'Choose the branch or the parcel locker again, or give the full address.',
      customer:
        'We could not find the delivery address. Please choose the branch or parcel locker again, or send the full address.',
    },
  },
  delivery_method_invalid: {
    uk: {
      title: 'Спосіб доставки недоступний',
      cause: 'Магазин не знає такого способу доставки.',
      todo: 'Оберіть інший спосіб доставки. Якщо магазин пропонує саме цей, менеджер перевіряє, чи є він у Sitniks.',
      customer: 'Цей спосіб доставки зараз недоступний. Будь ласка, оберіть інший.',
    },
    en: {
      title: 'This way of delivery is not available',
      cause: 'The shop does not know this way of delivery.',
      todo: 'Choose another way of delivery. If the shop does offer this one, the manager checks that Sitniks has it.',
      customer: 'This way of delivery is not available just now. Please choose another one.',
    },
  },
  payment_method_invalid: {
    uk: {
      title: 'Спосіб оплати недоступний',
      cause: 'Магазин не знає такого способу оплати.',
      todo: 'Оберіть інший спосіб оплати. Якщо магазин пропонує саме цей, менеджер перевіряє, чи є він у Sitniks.',
      customer: 'Цей спосіб оплати зараз недоступний. Будь ласка, оберіть інший.',
    },
    en: {
      title: 'This way to pay is not available',
      cause: 'The shop does not know this way to pay.',
      todo: 'Choose another way to pay. If the shop does offer this one, the manager checks that Sitniks has it.',
      customer: 'This way to pay is not available just now. Please choose another one.',
    },
  },
  items_missing: {
    uk: {
      title: 'Немає товарів',
      cause: 'У замовленні немає жодного товару.',
      todo: 'Оберіть щонайменше один товар.',
      customer: 'У замовленні ще немає товарів. Будь ласка, оберіть, що хочете замовити.',
    },
    en: {
      title: 'No items',
      cause: 'There is nothing in the order.',
      todo: 'Choose at least one item.',
      customer: 'There is nothing in your order yet. Please choose what you would like.',
    },
  },
  sku_missing: {
    uk: {
      title: 'Немає артикула товару',
      cause: 'В одного з товарів не вказано артикула (SKU).',
      todo: 'Додайте артикул у каталозі, з якого продає бот, — такий самий, як у Sitniks. Потім замовлення надсилають знову під тим самим номером.',
      customer:
        'На жаль, один із товарів зараз не вдається замовити. Будь ласка, оберіть інший або напишіть менеджеру магазину.',
    },
    en: {
      title: 'An item has no SKU',
      cause: 'One of the items comes without its SKU.',
      todo: 'Add the SKU, as it is in Sitniks, to the catalogue that the bot sells from. The order is then sent again under the same number.',
      customer:
        "Sorry, one of the items cannot be ordered just now. Please choose another one, or write to the shop's manager.",
    },
  },
  sku_unknown: {
    uk: {
      title: 'Товар не знайдено',
      cause: 'У Sitniks немає товару з таким артикулом (SKU) чи кодом.',
      todo: 'Оберіть товар ще раз або замініть його іншим. Якщо магазин його продає, менеджер перевіряє, чи є в каталозі Sitniks саме цей артикул.',
      customer:
        'На жаль, один із товарів не вдалося знайти в каталозі магазину. Будь ласка, оберіть його ще раз або замініть іншим.',
    },
    en: {
      title: 'The item is not known',
      cause: 'Sitniks has no item with this SKU or code.',
      todo: 'Choose the item again, or another one. If the shop does sell it, the manager checks that the Sitniks catalogue has exactly this SKU.',
      customer:
        "Sorry, one of the items was not found in the shop's catalogue. Please choose it again, or take another one.",
    },
  },
  out_of_stock: {
    uk: {
      title: 'Товару немає в наявності',
      cause: 'Одного з товарів зараз немає в наявності або бракує потрібної кількості.',
      todo: 'Оберіть інший товар або меншу кількість. Якщо товар є, менеджер виправляє залишки в Sitniks.',
      customer:
        'На жаль, одного з товарів зараз немає в наявності або бракує потрібної кількості. Будь ласка, оберіть інший або зменште кількість.',
    },
    en: {
      title: 'The item is out of stock',
      cause: 'One of the items is out of stock, or there are fewer of it than were ordered.',
      todo: 'Choose another item, or fewer of it. If the shop does have it, the manager mends the stock in Sitniks.',
      customer:
        'Sorry, one of the items is out of stock, or there are not enough of it. Please choose another one, or fewer.',
    },
  },
  price_invalid: {
    uk: {
      title: 'Неправильна ціна',
      cause: 'В одного з товарів немає ціни, або вона неможлива: від’ємна, завелика чи дрібніша за копійку.',
      todo: 'Надсилайте ціну числом, у гривнях, із щонайбільше двома знаками після коми. Якщо ціна неправильна в самому каталозі, її виправляє менеджер.',
      customer:
        'Вибачте, замовлення поки не оформлено: треба уточнити ціну одного з товарів. Будь ласка, напишіть менеджеру магазину.',
    },
    en: {
      title: 'The price is not right',
      cause:
        'One of the items has no price, or one that cannot be: negative, too high, or finer than a kopiyka.',
      todo: 'Send the price as a number, in hryvnias, with at most two decimals. If it is already wrong in the catalogue, the manager mends it there.',
      customer:
        "Sorry, your order has not gone through yet: the price of one of the items has to be checked. Please write to the shop's manager.",
    },
  },
  quantity_invalid: {
    uk: {
      title: 'Неправильна кількість',
      cause: 'Не вказано кількості одного з товарів, або стільки замовити не можна.',
      todo: 'Вкажіть кількість цілим числом, не меншим за одиницю.',
      customer: 'Уточніть, будь ласка, скільки штук кожного товару вам потрібно.',
    },
    en: {
      title: 'The quantity is not right',
      cause: 'The quantity of one of the items is missing, or is not one that can be ordered.',
      todo: 'Give the quantity as a whole number, at least one.',
      customer: 'Please tell us how many of each item you would like.',
    },
  },
  number_invalid: {
    uk: {
      title: 'Номер замовлення не підходить',
      cause: 'Замовлення надійшло без номера (external_id), або в номері є недозволені знаки.',
      todo: 'Дайте замовленню номер із латинських літер, цифр і знаків «_ . : -», не довший за 128 знаків.',
      customer: OUR_SLIP.uk,
    },
    en: {
      title: "The order's number is not right",
      cause: 'The order came without a number (external_id), or with characters in it that are not allowed.',
      todo: 'Give the order a number of Latin letters, digits and "_ . : -", at most 128 characters.',
      customer: OUR_SLIP.en,
    },
  },
  field_missing: {
    uk: {
      title: 'Бракує обов’язкового поля',
      cause: 'У замовленні немає поля, без якого його не можна прийняти.',
      todo: 'Додайте те, чого бракує, і надішліть замовлення знову під тим самим номером.',
      customer: OUR_SLIP.uk,
    },
    en: {
      title: 'A field is missing',
      cause: 'The order lacks a field that it must have.',
      todo: 'Add what is missing, and send the order again under the same number.',
      customer: OUR_SLIP.en,
    },
  },
  field_invalid: {
    uk: {
      title: 'Значення поля не підходить',
      cause: 'Одне з полів має не той тип або недозволене значення.',
      todo: 'Виправте це поле й надішліть замовлення знову під тим самим номером.',
      customer: OUR_SLIP.uk,
    },
    en: {
      title: 'A field is not right',
      cause: 'A field has the wrong type, or a value that is not allowed.',
      todo: 'Mend the field, and send the order again under the same number.',
      customer: OUR_SLIP.en,
    },
  },
  field_unknown: {
    uk: {
      title: 'Невідоме поле',
      cause: 'У замовленні є поле, якого там не буває: можливо, у назві описка.',
      todo: 'Перевірте назви полів, приберіть зайві й надішліть замовлення знову під тим самим номером.',
      customer: OUR_SLIP.uk,
    },
    en: {
      title: 'A field is not known',
      cause: 'The order has a field that no order has: its name may be misspelt.',
      todo: 'Check the names of the fields, leave out what does not belong, and send the order again under the same number.',
      customer: OUR_SLIP.en,
    },
  },
  field_twice: {
    uk: {
      title: 'Поле повторюється',
      cause: 'Одне з полів трапляється двічі, тож незрозуміло, яке з них правильне.',
      todo: 'Залиште лише одне з однакових полів і надішліть замовлення знову під тим самим номером.',
      customer: OUR_SLIP.uk,
    },
    en: {
      title: 'A field comes twice',
      cause: 'A field comes more than once, and there is no telling which one is right.',
      todo: 'Send each field once, and the order again under the same number.',
      customer: OUR_SLIP.en,
    },
  },
  not_an_order: {
    uk: {
      title: 'Це не замовлення',
      cause: 'Те, що надійшло, неможливо прочитати як замовлення.',
      todo: 'Надішліть замовлення одним об’єктом JSON у кодуванні UTF-8, з усіма обов’язковими полями.',
      customer: OUR_SLIP.uk,
    },
    en: {
      title: 'This is not an order',
      cause: 'What came in cannot be read as an order.',
      todo: 'Send the order as one JSON object in UTF-8, with all the fields that it must have.',
      customer: OUR_SLIP.en,
    },
  },
  body_too_large: {
    uk: {
      title: 'Замовлення завелике',
      cause: 'Запит більший, ніж дозволено, тож замовлення не прийнято.',
      todo: 'Надсилайте лише те, що належить до замовлення, а дуже довге розділіть на кілька, кожне під власним номером.',
      customer:
        'Вибачте, таке велике замовлення не вдалося прийняти. Будь ласка, розділіть його на кілька менших або напишіть менеджеру магазину.',
    },
    en: {
      title: 'The order is too large',
      cause: 'The request is larger than is allowed, so the order was not accepted.',
      todo: 'Send nothing but what belongs to the order, and split a very long one into several, each under a number of its own.',
      customer:
        "Sorry, an order as large as this could not be accepted. Please split it into smaller ones, or write to the shop's manager.",
    },
  },
  wrong_content_type: {
    uk: {
      title: 'Неправильний тип вмісту',
      cause: 'Запит не позначено як JSON у UTF-8, або його стиснуто, тож замовлення не прийнято.',
      todo: 'Надсилайте замовлення як JSON у UTF-8, без стиснення, із заголовком content-type: application/json.',
      customer: NOT_SERVED.uk,
    },
    en: {
      title: 'The content type is not right',
      cause:
        'The request does not say that it is JSON in UTF-8, or is compressed, so the order was not accepted.',
      todo: 'Send the order as plain JSON in UTF-8, with the header content-type: application/json.',
      customer: NOT_SERVED.en,
    },
  },
  wait_invalid: {
    uk: {
      title: 'Неправильний час очікування',
      cause: 'Параметр wait не є цілим числом секунд у дозволених межах, тож замовлення не прийнято.',
      todo: 'Вкажіть wait цілим числом від 0 до 20 або не вказуйте його зовсім.',
      customer: NOT_SERVED.uk,
    },
    en: {
      title: 'The time to wait is not right',
      cause: 'wait is not a whole number of seconds within the limits, so the order was not accepted.',
      todo: 'Give wait as a whole number from 0 to 20, or leave it out.',
      customer: NOT_SERVED.en,
    },
  },
  token_refused: {
    uk: {
      title: 'Токен не прийнято',
      cause: 'Запит надійшов без токена або з невідомим токеном, тож його не виконано.',
      todo: 'Надсилайте чинний токен у заголовку authorization. Якщо його замінено, попросіть новий у того, хто відповідає за сервіс.',
      customer: NOT_SERVED.uk,
    },
    en: {
      title: 'The token is not accepted',
      cause: 'The request came without a token, or with one that is not known, so nothing was done.',
      todo: 'Send a valid token in the header authorization. If it has been replaced, ask whoever runs the relay for the new one.',
      customer: NOT_SERVED.en,
    },
  },
  signature_refused: {
    uk: {
      title: 'Підпис не прийнято',
      cause: 'Підпису запиту бракує, він хибний або застарів, тож запит не виконано.',
      todo: 'Підписуйте запит чинним ключем саме таким, яким його надсилаєте, байт у байт, і звірте годинник.',
      customer: NOT_SERVED.uk,
    },
    en: {
      title: 'The signature is not accepted',
      cause: 'The signature of the request is missing, wrong or too old, so nothing was done.',
      todo: 'Sign the request with a valid key, exactly as it is sent, byte for byte, and set the clock right.',
      customer: NOT_SERVED.en,
    },
  },
  order_not_found: {
    uk: {
      title: 'Такого замовлення немає',
      cause:
        'Під цим номером немає замовлення, про яке ви можете спитати: воно не надходило або це було надто давно.',
      todo: 'Перевірте номер. Якщо прийняття замовлення не підтверджено, надішліть його знову під тим самим номером.',
      customer:
        'Ми не знайшли такого замовлення. Якщо ви його оформлювали, напишіть, будь ласка, менеджеру магазину.',
    },
    en: {
      title: 'No such order',
      cause:
        'There is no order that you can ask for under this number: it never came in, or that was too long ago.',
      todo: 'Check the number. If the order was never confirmed as accepted, send it again under the same number.',
      customer: "We cannot see an order like this. If you did place one, please write to the shop's manager.",
    },
  },
  number_taken: {
    uk: {
      title: 'Номер уже зайнятий',
      cause: 'Під цим номером уже є інше замовлення, тож нове далі не піде.',
      todo: 'Нове замовлення надішліть під власним номером. А зміни до того, яке вже є, вносять у Sitniks.',
      customer:
        'Вибачте, з нашого боку сталася плутанина із замовленням. Будь ласка, напишіть менеджеру магазину.',
    },
    en: {
      title: 'The number is taken',
      cause: 'Another order has this number already, so this one goes no further.',
      todo: 'Send a new order under a number of its own. A change to the order that is there is made in Sitniks.',
      customer: "Sorry, there is a mix-up with your order on our side. Please write to the shop's manager.",
    },
  },
  duplicate_in_crm: {
    uk: {
      title: 'Таке замовлення вже є в Sitniks',
      cause: 'У Sitniks уже є замовлення, яке вона вважає цим самим або яке має той самий номер.',
      todo: 'Якщо замовлення не дійде саме, знайдіть у Sitniks замовлення цього покупця й порівняйте. Якщо це справді інше замовлення, його надсилають під новим номером.',
      customer:
        'Ваше замовлення отримано, але магазину ще треба його перевірити. Повторювати його не потрібно.',
    },
    en: {
      title: 'Sitniks has such an order already',
      cause: 'Sitniks already has an order that it takes for this one, or that has the same number.',
      todo: "If the order does not arrive by itself, find the customer's order in Sitniks, and compare the two. If this really is another one, it is sent under a new number.",
      customer:
        'We have received your order, but the shop still has to check it. There is no need to order again.',
    },
  },
  correction_too_late: {
    uk: {
      title: 'Виправлення запізнилося',
      cause: 'Замовлення вже є в Sitniks — таким, яким було до виправлення.',
      todo: 'Внесіть виправлення до цього замовлення в Sitniks.',
      customer:
        'Ваше замовлення вже в магазині, але без останніх змін. Якщо вони ще потрібні, напишіть про них, будь ласка, менеджеру.',
    },
    en: {
      title: 'The correction came too late',
      cause: 'Sitniks has the order already, as it was before the correction.',
      todo: 'Make the correction to this order in Sitniks.',
      customer:
        'The shop has your order already, but without the latest changes. If you still want them, please tell the manager.',
    },
  },
  unproven: {
    uk: {
      title: 'Замовлення треба пошукати в Sitniks',
      cause:
        'Замовлення надіслано, але відповідь Sitniks загубилася, а з пошуку в Sitniks не видно напевно, чи воно там є.',
      todo: 'Пошукайте в Sitniks замовлення цього покупця і скажіть, що знайшли: якщо воно там є, «orders settle ID --there-as N», якщо немає, «orders settle ID --create». Під новим номером не надсилайте: так може з’явитися друге.',
      customer:
        'Ваше замовлення отримано, але магазину ще треба його перевірити. Повторювати його не потрібно.',
    },
    en: {
      title: 'The order has to be looked for in Sitniks',
      cause:
        'The order was sent, but the answer of Sitniks was lost, and a search there does not show for certain whether it has the order.',
      todo: "Look for the customer's order in Sitniks, and say what you have found: if it is there, 'orders settle ID --there-as N', if it is not, 'orders settle ID --create'. Do not send it under a new number: that could make a second one.",
      customer:
        'We have received your order, but the shop still has to check it. There is no need to order again.',
    },
  },
  status_refused: {
    uk: {
      title: 'Sitniks не прийняла статусу',
      cause: 'Замовлення є в Sitniks, але змінити його статус Sitniks відмовилася.',
      todo: 'Відкрийте замовлення в Sitniks і поставте статус вручну.',
      customer: 'Ваше замовлення в магазині, менеджер уже перевіряє його. Повторювати нічого не потрібно.',
    },
    en: {
      title: 'Sitniks did not take the status',
      cause: 'The order is in Sitniks, but Sitniks refused to change its status.',
      todo: 'Open the order in Sitniks, and set the status by hand.',
      customer:
        'Your order is with the shop, and the manager is looking at it. There is no need to do anything again.',
    },
  },
  status_by_hand: {
    uk: {
      title: 'У Sitniks інший статус',
      cause: 'Менеджер перевів замовлення в Sitniks у статус, якого сервіс не знає, тож його не змінено.',
      todo: 'Перевірте замовлення в Sitniks: якщо потрібно, змініть статус вручну.',
      customer: 'Ваше замовлення в магазині, менеджер уже працює з ним. Повторювати нічого не потрібно.',
    },
    en: {
      title: 'Sitniks has another status',
      cause:
        'The manager has moved the order in Sitniks to a status that the relay does not know, so it was left as it is.',
      todo: 'Look at the order in Sitniks, and change the status by hand if need be.',
      customer:
        'Your order is with the shop, and the manager is working on it. There is no need to do anything again.',
    },
  },
  order_gone: {
    uk: {
      title: 'Замовлення в Sitniks більше немає',
      cause: 'Змінити статус ніде: замовлення в Sitniks видалено або Sitniks його не знаходить.',
      todo: 'Пошукайте замовлення в Sitniks. Якщо його видалили помилково, створіть його там вручну з потрібним статусом.',
      customer: 'Менеджер магазину перевіряє ваше замовлення і напише вам.',
    },
    en: {
      title: 'Sitniks does not have the order any more',
      cause: 'There is no status to change: the order was deleted in Sitniks, or Sitniks cannot find it.',
      todo: 'Look for the order in Sitniks. If it was deleted by mistake, make it there by hand, with the status that it is to have.',
      customer: "The shop's manager is looking at your order and will write to you.",
    },
  },
  payment_unproven: {
    uk: {
      title: 'Оплата, можливо, вже в Sitniks',
      cause:
        'Оплату надіслано в Sitniks, але відповіді немає; щоб не записати оплату двічі, вдруге її не надсилали.',
      todo: 'Відкрийте замовлення в Sitniks і, якщо цієї оплати там немає, внесіть її вручну. Потім скажіть, що вона там є: «orders settle ID --payment N».',
      customer: 'Дякуємо за оплату! Менеджер магазину перевіряє її, платити ще раз не потрібно.',
    },
    en: {
      title: 'The payment may be in Sitniks already',
      cause:
        'The payment was sent to Sitniks and no answer came, so that it is not booked twice it was not sent again.',
      todo: "Open the order in Sitniks and, if this payment is not there, enter it by hand. Then say that it is there: 'orders settle ID --payment N'.",
      customer:
        "Thank you for the payment! The shop's manager is checking it, and there is no need to pay again.",
    },
  },
  payment_refused: {
    uk: {
      title: 'Sitniks не приймає оплату',
      cause: 'Sitniks відмовляється записати цю оплату або не каже, скільки коштує замовлення.',
      todo: 'Відкрийте замовлення в Sitniks і внесіть оплату вручну. Перевірте, на який рахунок її треба записувати.',
      customer: 'Дякуємо за оплату! Менеджер магазину перевіряє її, платити ще раз не потрібно.',
    },
    en: {
      title: 'Sitniks does not take the payment',
      cause: 'Sitniks refuses to book this payment, or does not say what the order costs.',
      todo: 'Open the order in Sitniks and enter the payment by hand. Check which account it is to be booked on.',
      customer:
        "Thank you for the payment! The shop's manager is checking it, and there is no need to pay again.",
    },
  },
  payment_too_much: {
    uk: {
      title: 'Оплата більша за суму замовлення',
      cause:
        'Разом із тим, що вже сплачено, вийшло б більше, ніж замовлення коштує в Sitniks, тож оплату не записано.',
      todo: 'Звірте суму замовлення в Sitniks з тим, що сплачено, і внесіть оплату вручну.',
      customer: 'Дякуємо за оплату! Менеджер магазину перевіряє її, платити ще раз не потрібно.',
    },
    en: {
      title: 'The payment is more than the order costs',
      cause:
        'With what is paid already it would be more than the order costs in Sitniks, so it was not booked.',
      todo: 'Compare what the order costs in Sitniks with what was paid, and enter the payment by hand.',
      customer:
        "Thank you for the payment! The shop's manager is checking it, and there is no need to pay again.",
    },
  },
  payment_not_set_up: {
    uk: {
      title: 'Оплат тут не записують',
      cause: 'Запис оплат у Sitniks не налаштовано.',
      todo: 'Внесіть оплату в Sitniks вручну. Щоб надалі вона записувалася сама, вкажіть у налаштуваннях рахунок для оплат.',
      customer: 'Дякуємо за оплату! Менеджер магазину перевіряє її, платити ще раз не потрібно.',
    },
    en: {
      title: 'Payments are not booked here',
      cause: 'The relay is not set up to book payments in Sitniks.',
      todo: 'Enter the payment in Sitniks by hand. For the next ones to be booked by themselves, set the account that payments go to.',
      customer:
        "Thank you for the payment! The shop's manager is checking it, and there is no need to pay again.",
    },
  },
  payment_waits: {
    uk: {
      title: 'Оплата чекає на замовлення',
      cause: 'Замовлення ще не в Sitniks, тож оплату поки немає куди записати.',
      todo: 'Робити нічого не треба: оплату буде записано, щойно замовлення опиниться в Sitniks.',
      customer: 'Дякуємо за оплату! Ваше замовлення передаємо магазину, платити ще раз не потрібно.',
    },
    en: {
      title: 'The payment waits for its order',
      cause: 'The order is not in Sitniks yet, so there is nothing to book its payment on.',
      todo: 'Nothing: the payment is booked once the order is in Sitniks.',
      customer:
        'Thank you for the payment! Your order is on its way to the shop, and there is no need to pay again.',
    },
  },
  status_invalid: {
    uk: {
      title: 'Такого статусу немає',
      cause: 'Новий статус замовлення передано не так, як потрібно, тож його не прийнято.',
      todo: 'Надішліть один із чотирьох статусів, як описано в документації API, великими латинськими літерами.',
      customer: NOT_SERVED.uk,
    },
    en: {
      title: 'No such status',
      cause: 'The new status of the order was not sent as it has to be, so it was not taken.',
      todo: 'Send one of the four statuses, as the documentation of the API has them: in capitals, and with no other field.',
      customer: NOT_SERVED.en,
    },
  },
  not_accepted: {
    uk: {
      title: 'Зараз не прийнято',
      cause: 'Сервіс зараз не може приймати замовлень, тож цього не прийнято.',
      todo: 'Надішліть замовлення ще раз за кілька секунд під тим самим номером: другого від цього не з’явиться.',
      customer: 'Вибачте, зараз не вдалося прийняти замовлення. Будь ласка, спробуйте ще раз за хвилину.',
    },
    en: {
      title: 'Not accepted just now',
      cause: 'The relay cannot take orders just now, so this one was not accepted.',
      todo: 'Send the order again in a few seconds, under the same number: that makes no second one.',
      customer: 'Sorry, your order could not be accepted just now. Please try again in a minute.',
    },
  },
  internal_error: {
    uk: {
      title: 'Помилка з нашого боку',
      cause: 'Запит не виконано через помилку в самому сервісі.',
      todo: 'Повторіть запит трохи пізніше, а замовлення — під тим самим номером: другого від цього не з’явиться.',
      customer:
        'Вибачте, зараз не вдалося опрацювати ваш запит. Будь ласка, спробуйте ще раз за кілька хвилин.',
    },
    en: {
      title: 'An error on our side',
      cause: 'The request failed because of an error in the relay itself.',
      todo: 'Send the request again a little later, an order under the same number: that makes no second one.',
      customer: 'Sorry, we could not handle your request just now. Please try again in a few minutes.',
    },
  },
  crm_unreachable: {
    uk: {
      title: 'Sitniks не відповідає',
      cause: 'Із Sitniks не вдалося зв’язатися, або її відповідь незрозуміла.',
      todo: 'Робити нічого не треба: замовлення збережено, його буде надіслано ще раз автоматично.',
      customer: KEPT.uk,
    },
    en: {
      title: 'Sitniks does not answer',
      cause: 'Sitniks could not be reached, or gave no proper answer.',
      todo: 'Nothing: the order is kept, and is sent again by itself.',
      customer: KEPT.en,
    },
  },
  crm_busy: {
    uk: {
      title: 'Sitniks просить зачекати',
      cause: 'До Sitniks надходить забагато запитів, тож потрібна пауза.',
      todo: 'Робити нічого не треба: після паузи замовлення буде надіслано автоматично.',
      customer: KEPT.uk,
    },
    en: {
      title: 'Sitniks asks for a pause',
      cause: 'Sitniks gets more requests than it takes, and asks for fewer.',
      todo: 'Nothing: the order is sent by itself once the pause is over.',
      customer: KEPT.en,
    },
  },
  in_doubt: {
    uk: {
      title: 'Невідомо, чи є замовлення в Sitniks',
      cause: 'Замовлення надіслано в Sitniks, але відповідь загубилася, тож воно вже може бути там.',
      todo: 'Робити нічого не треба: спершу його шукають у Sitniks і створюють, лише якщо його там немає. Не надсилайте його під іншим номером.',
      customer: KEPT.uk,
    },
    en: {
      title: 'Sitniks may have the order',
      cause: 'The order was sent to Sitniks, but the answer was lost, so it may be there already.',
      todo: 'Nothing: it is looked up in Sitniks first, and created only if it is not there. Do not send it under another number.',
      customer: KEPT.en,
    },
  },
  lost_track: {
    uk: {
      title: 'Слід замовлення загубився',
      cause: 'Уже понад чотири дні із замовленням нічого не відбувається, тож само воно до Sitniks не дійде.',
      todo: 'Надішліть замовлення ще раз під тим самим номером: спершу його шукають у Sitniks, тож другого від цього не з’явиться.',
      customer: 'Вибачте, з вашим замовленням сталася затримка. Перевіряємо, що з ним, і напишемо вам.',
    },
    en: {
      title: 'The order was lost track of',
      cause:
        'For more than four days nothing has happened to the order, so it will not get to Sitniks by itself.',
      todo: 'Send the order again, under the same number: it is looked up in Sitniks first, so that makes no second one.',
      customer:
        'Sorry, your order is held up. We are finding out what happened to it, and will write to you.',
    },
  },
  never_followed: {
    uk: {
      title: 'Статус чи оплата не дійшли до Sitniks',
      cause:
        'Уже понад чотири дні з цим статусом чи оплатою нічого не відбувається, тож самі вони до Sitniks не дійдуть.',
      todo: 'Надішліть статус чи оплату ще раз: до Sitniks їх не надсилали, тож двічі їх не запишуть. Якщо замовлення ще не в Sitniks, спершу надішліть саме замовлення.',
      customer: 'Менеджер магазину перевіряє ваше замовлення і напише вам.',
    },
    en: {
      title: 'The status or the payment did not get to Sitniks',
      cause:
        'For more than four days nothing has happened to this status or payment, so it will not get to Sitniks by itself.',
      todo: 'Send the status or the payment again: it was not sent to Sitniks, so it is not booked twice. Where the order is not in Sitniks either, send the order first.',
      customer: "The shop's manager is looking at your order and will write to you.",
    },
  },
  broke_off: {
    uk: {
      title: 'Обробка перервалася',
      cause: 'Обробка замовлення перервалася, а причини не записано.',
      todo: 'Робити нічого не треба: замовлення збережено, його буде надіслано ще раз автоматично. Якщо це повторюється, причину шукають у журналі за його номером.',
      customer: KEPT.uk,
    },
    en: {
      title: 'The processing broke off',
      cause: 'The processing of the order broke off without a word as to why.',
      todo: 'Nothing: the order is kept, and is sent again by itself. If that goes on, the log says more under its number.',
      customer: KEPT.en,
    },
  },
  key_refused: {
    uk: {
      title: 'Sitniks не приймає ключа API',
      cause: 'Ключ API магазину замінено, вимкнено або він більше не діє, тож Sitniks відмовляє.',
      todo: 'Створіть новий ключ API в налаштуваннях Sitniks і передайте його тому, хто відповідає за сервіс. Замовлення збережено, далі воно піде автоматично.',
      customer: KEPT.uk,
    },
    en: {
      title: 'Sitniks refuses the API key',
      cause: "The shop's API key has been replaced or switched off, or has run out, so Sitniks refuses it.",
      todo: 'Make a new API key in the settings of Sitniks, and hand it to whoever runs the relay. The order is kept, and then goes on by itself.',
      customer: KEPT.en,
    },
  },
  crm_misconfigured: {
    uk: {
      title: 'Зв’язок із Sitniks налаштовано неправильно',
      cause: 'Запити до Sitniks ідуть не туди, або вона відповідає на них не так, як домовлено.',
      todo: 'Перевірте в налаштуваннях сервісу, де шукати Sitniks. Замовлення збережено, після виправлення воно піде далі автоматично.',
      customer: KEPT.uk,
    },
    en: {
      title: 'The way to Sitniks is set wrongly',
      cause: 'Requests to Sitniks go to the wrong place, or it does not answer them as agreed.',
      todo: 'Check in the settings of the relay where Sitniks is to be found. The order is kept, and then goes on by itself.',
      customer: KEPT.en,
    },
  },
  given_up: {
    uk: {
      title: 'Автоматичні спроби вичерпано',
      cause: 'Замовлення кілька разів надсилали в Sitniks, але підтвердження так і не отримали.',
      todo: 'Спершу подивіться, чи немає цього замовлення в Sitniks. Якщо немає, перевірте, чи працює Sitniks і чи діє ключ API, і попросіть того, хто відповідає за сервіс, надіслати замовлення ще раз.',
      customer:
        'Ваше замовлення отримано, але магазин досі не зміг його оформити. Повторювати його не потрібно; якщо воно термінове, напишіть, будь ласка, менеджеру.',
    },
    en: {
      title: 'Automatic attempts are used up',
      cause: 'The order was sent to Sitniks again and again, and Sitniks never confirmed it.',
      todo: 'First look in Sitniks whether the order is there. If not, check that Sitniks works and takes the API key, and have whoever runs the relay send the order once more.',
      customer:
        'We have received your order, but the shop has not been able to process it yet. There is no need to order again; if it is urgent, please write to the manager.',
    },
  },
  refused_unknown: {
    uk: {
      title: 'Невідома причина відмови',
      cause: 'Sitniks не приймає замовлення з причини, якої тут ще не знають.',
      todo: 'Прочитайте в повідомленні (message), що саме каже Sitniks, і виправте це. Потім замовлення надсилають знову під тим самим номером.',
      customer:
        'Ваше замовлення отримано, але магазину ще треба уточнити деякі дані. Повторювати його не потрібно.',
    },
    en: {
      title: 'Refused for an unknown reason',
      cause: 'Sitniks refuses the order for a reason that is not known here yet.',
      todo: 'Read in the message what Sitniks itself says, and mend that. The order is then sent again under the same number.',
      customer:
        'We have received your order, but the shop still has to check some details. There is no need to order again.',
    },
  },
  unknown: {
    uk: {
      title: 'Невідома причина',
      cause: 'Що сталося із замовленням, ця версія сервісу не знає.',
      todo: 'Прочитайте повідомлення (message) і оновіть сервіс до новішої версії.',
      customer: 'Зараз не можемо сказати, що з вашим замовленням. Будь ласка, напишіть менеджеру магазину.',
    },
    en: {
      title: 'Unknown reason',
      cause: 'What has become of the order is not known to this version of the relay.',
      todo: 'Read the message, and bring the relay up to date.',
      customer: "We cannot say just now what has become of your order. Please write to the shop's manager.",
    },
  },
};
